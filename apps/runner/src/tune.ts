import { InputError, type Tuned, tune } from '@noisescope/core'
import { tuningFile } from '@noisescope/core/node'
import { modelKind, modelNames } from '@noisescope/models'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { InterruptedError } from './failure.ts'
import { numberIn, wholeFrom } from './flags.ts'
import { listenForInterrupt } from './interrupt.ts'
import { addNetworkFlags, type NetworkFlags, networkOptions } from './network-flags.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { duration, type Progress, startProgress } from './progress.ts'
import { openSession } from './session.ts'
import { denoisingGraph, type TunedSize, trainingGraph } from './tuned-graphs.ts'

/** Flags of `tune`. */
export interface TuneCommandOptions extends CommonOptions, NetworkFlags {
  readonly model: string
  readonly size?: TunedSize
  readonly train?: boolean
  readonly batch?: number
  readonly seconds: number
  readonly again?: boolean
}

const USUAL_SECONDS = 120

/** The flags of `tune` besides those of every command. */
export const addTuneFlags = (command: Command): Command =>
  addNetworkFlags(
    command
      .addOption(new Option('--model <name>', 'the model').choices(modelNames).makeOptionMandatory())
      .addOption(
        new Option('--size <height>x<width>', 'size of the images in pixels; of the patches with --train')
          .argParser(parseSize)
          .default(undefined, "256x256; with --train the recipe's"),
      )
      .option('--train', 'for training instead of denoising')
      .addOption(
        new Option('--batch <number>', 'with --train: images a step')
          .argParser(wholeFrom(1))
          .default(undefined, "the recipe's"),
      )
      .addOption(
        new Option('--seconds <number>', 'begin no new measurement after this time')
          .argParser(numberIn({ above: 0 }))
          .default(USUAL_SECONDS),
      )
      .option('--again', 'time also what has a winner already, measured while other programs ran perhaps'),
  )

function parseSize(text: string): TunedSize {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text.trim()) ?? []
  const size = { height: Number(height), width: Number(width) }
  if (!(size.height > 0 && size.width > 0)) {
    throw new InvalidArgumentError('Expected HEIGHTxWIDTH in pixels, as in 481x321.')
  }
  return size
}

/** Times the algorithms for what a later command will run, and remembers the winners for this adapter and driver. */
export async function tuneCommand(options: TuneCommandOptions, output: Output): Promise<void> {
  const { model, size, train = false, batch, seconds, again = false } = options
  const kind = modelKind(model)
  const network = networkOptions(kind, options)
  if (batch !== undefined && !train) {
    throw new InputError('--batch belongs to --train; images that are denoised run one by one')
  }
  const { what, inputs, graph } = train
    ? trainingGraph(kind, network, { size, batch })
    : denoisingGraph(kind, network, size)

  using session = await openSession(output)
  output.line(`Tuning the ${kind.name} for ${what}, for at most ${duration(seconds)} and the measurement begun then.`)
  const started = performance.now()
  let count = 0
  const stopped = (): string => `stopped; ${count} winners are remembered; the same command goes on with the others`
  using interrupt = listenForInterrupt(output, { word: 'Stopping', leaving: stopped })
  const { signal } = interrupt
  const onFound = (): void => void count++
  const { found, open } = await tuned(seconds, (maxSeconds, onProgress) =>
    tune(session.device, graph, inputs, { maxSeconds, onProgress, onFound, again, signal }),
  )
  if (signal.aborted) throw new InterruptedError(stopped())
  for (const line of foundLines(found)) output.line(line)
  const { problem } = session.device.tuning ?? {}
  const took = duration((performance.now() - started) / 1000)
  if (open === 0) output.line('Every operation has its winner already; --again times them anew.')
  else
    output.line(
      `Timed ${found.length} of ${open} operations in ${took}${problem ? '' : `; remembered in ${tuningFile()}`}.`,
    )
  if (problem) output.note(`Note: ${problem}: the next command will not know what was found.`)
  if (found.length < open)
    output.note(`Time is over: ${open - found.length} are left to the cost model; more --seconds.`)
  output.result({ model: kind.name, what, adapter: session.device.info.key, open, found })
}

/** Tunes behind a bar. @returns the winners and how many operations had none. */
async function tuned(
  maxSeconds: number,
  run: (maxSeconds: number, onProgress: (done: number, total: number, what: string) => void) => Promise<Tuned[]>,
): Promise<{ found: Tuned[]; open: number }> {
  let open = 0
  let bar: Progress | undefined
  try {
    const found = await run(maxSeconds, (done, total, operation) => {
      open = total
      bar ??= startProgress('{bar} {value}/{total} operations: {operation}', total, { values: { operation } })
      bar.update(done, { operation })
    })
    return { found, open }
  } finally {
    bar?.[Symbol.dispose]()
  }
}

/** What won and by how much, operation by operation. */
export function foundLines(found: readonly Tuned[]): string[] {
  if (found.length === 0) return []
  return table([
    ['  operation', 'winner', 'ms', 'against the guess'],
    ...found.map(({ key, winner, guess, milliseconds }) => [
      `  ${key}`,
      winner,
      (milliseconds[winner] ?? Number.NaN).toFixed(2),
      winner === guess ? 'as guessed' : gain(milliseconds[winner], milliseconds[guess], guess),
    ]),
  ])
}

const gain = (won: number | undefined, guessed: number | undefined, guess: string): string =>
  won === undefined || guessed === undefined
    ? `${guess} is wrong here`
    : `${(guessed / won).toFixed(2)} times as fast as ${guess}`
