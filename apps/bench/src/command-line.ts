import { underVulkan, writeWhole } from '@noisescope/core/node'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { type Comparison, compare } from './compare.ts'
import { machine, machineLine } from './machine.ts'
import { reportLines } from './report.ts'
import { workloads } from './workloads.ts'

/** How the bench ends. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const

interface Length {
  readonly rounds: number
  readonly steps: number
  readonly seconds: number
}

/** Seconds make a fast side's figure as steady as that of a slow one, which needs longer for its steps. */
const FULL: Length = { rounds: 3, steps: 4, seconds: 10 }
const QUICK: Length = { rounds: 2, steps: 2, seconds: 4 }

interface BenchOptions extends Partial<Length> {
  readonly batch: number
  readonly quick?: boolean
  readonly json?: string
}

const HELP = `
Every side runs in a process of its own, on the same adapter, one after another, round by round. A round is a fresh
process: one step to warm up, which is not timed, then the steps. Each step uploads its images and waits for its loss.

  images/s       by the clock; other processes on the machine change it
  images/core-s  by the processor time of the process with all its threads, which is where a software adapter works;
                 on a graphics card look at images/s instead
  JavaScript's thread   its share of that time; Dawn polls there without pause while a result is awaited, which
                 noisescope slows down on a software adapter; the ratio is given with and without this thread

All sides start from the same weights. Figures are void, and the exit code is ${EXIT.failed}, when a loss does not fall or
the sides' first losses differ.

Examples:
  npx -y pnpm@12 bench                       ${FULL.rounds} rounds of at least ${FULL.steps} steps and ${FULL.seconds} s
  npx -y pnpm@12 bench --quick               ${QUICK.rounds} rounds of at least ${QUICK.steps} steps and ${QUICK.seconds} s: two minutes or so
  npx -y pnpm@12 bench --batch 480 --json runs/bench-480.json
  NOISESCOPE_VULKAN=swiftshader npx -y pnpm@12 bench

Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed or void, ${EXIT.usage} usage.`

/** Reads a whole number of at least 1. */
function whole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number from 1 up.')
  return value
}

/** Reads a number of at least 0. */
function duration(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('Expected a number from 0 up.')
  return value
}

/** Times all workloads and tells of the result. @returns whether all figures count. */
async function bench({ batch, quick = false, json, ...given }: BenchOptions): Promise<boolean> {
  await underVulkan()
  const { rounds, ...length } = { ...(quick ? QUICK : FULL), ...given }
  const started = new Date().toISOString()
  const here = machine()
  console.log(machineLine(here))
  const comparisons: Comparison[] = []
  for (const workload of workloads) {
    const comparison = await compare(workload, {
      settings: { batch },
      length,
      rounds,
      onRound: (round, contender, { steps, seconds, coreSeconds }) =>
        console.error(
          `round ${round} of ${rounds}, ${contender}: ${steps} steps in ${seconds.toFixed(1)} s, ${coreSeconds.toFixed(1)} core-s`,
        ),
    })
    for (const line of reportLines(comparison)) console.log(line)
    comparisons.push(comparison)
  }
  if (json !== undefined) {
    const result = { started, machine: here, rounds, length, comparisons }
    await writeWhole(json, `${JSON.stringify(result, undefined, 2)}\n`)
  }
  return comparisons.every(({ sides }) => sides.every((side) => side.void === undefined))
}

/** Runs the command line. @param args without the program's own name. @returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let good = true
  const program = new Command('bench')
    .description("Time noisescope beside tfjs' WebGPU backend on this machine's adapter.")
    .option('--batch <images>', 'images a step', whole, 48)
    .option('--quick', 'fewer and shorter rounds')
    .option('--rounds <number>', `how often each side runs (default: ${FULL.rounds})`, whole)
    .option('--steps <number>', `the fewest timed steps of a round (default: ${FULL.steps})`, whole)
    .option('--seconds <number>', `the shortest round (default: ${FULL.seconds})`, duration)
    .option('--json <file>', 'write everything to this file, each round and loss too')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: BenchOptions) => {
      good = await bench(options)
    })
  try {
    await program.parseAsync(args, { from: 'user' })
    return good ? EXIT.ok : EXIT.failed
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
    return EXIT.failed
  }
}
