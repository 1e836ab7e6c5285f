import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError } from '@noisescope/core'
import { underVulkan, writeWhole } from '@noisescope/core/node'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { runBench } from './bench.ts'
import { chart } from './chart.ts'
import { collectGpuReport } from './gpu-report/collect.ts'
import { readRecord, record } from './record.ts'
import { reportLines } from './report.ts'
import type { Workload } from './workload.ts'
import { workloads } from './workloads.ts'

/** How the bench ends. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const

interface Length {
  readonly rounds: number
  readonly steps: number
  readonly seconds: number
}

/** Seconds make a fast side's figure as steady as that of a slow one, which needs longer for its steps. */
const FULL: Length = { rounds: 3, steps: 1, seconds: 8 }
const QUICK: Length = { rounds: 1, steps: 1, seconds: 2 }

/** Where the report on an adapter goes unless a file is named. */
const GPU_REPORT = 'gpu-report.json'

/** Beside the workloads: the start of the command. */
const START = 'start'

interface BenchOptions extends Partial<Length> {
  readonly quick?: boolean
  readonly only?: readonly string[]
  readonly sides?: readonly string[]
  readonly json?: string
  readonly chart?: string
  readonly record?: string
  readonly gpuReport?: string | true
}

const HELP = `
Every side runs in a process of its own, on the same adapter, one after another, round by round. A round is a fresh
process: one step to warm up, which is not timed, then the steps. Each step uploads its input and reads its result back.

  images/s       by the clock; other processes on the machine change it
  images/core-s  by the processor time of the process with all its threads, which is where a software adapter works;
                 on a graphics card look at images/s instead
  JavaScript's thread   its share of that time; Dawn polls there without pause while a result is awaited, which
                 noisescope slows down on a software adapter

All sides work with the same weights on the same input. Figures are void, and the exit code is ${EXIT.failed}, when the work
was not done or the sides' results differ. A peer that cannot run here is left out, with its reason.

Examples:
  npx -y pnpm@12 bench                       ${FULL.rounds} rounds of at least ${FULL.seconds} s
  npx -y pnpm@12 bench --quick               ${QUICK.rounds} round of at least ${QUICK.seconds} s, fewer peers and sizes: two minutes or so
  npx -y pnpm@12 bench --only convolution --sides onnxruntime-node-webgpu
  npx -y pnpm@12 bench --record docs/performance.md
  npx -y pnpm@12 bench --gpu-report
  NOISESCOPE_VULKAN=swiftshader npx -y pnpm@12 bench

Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed or void, ${EXIT.usage} bad input or usage.`

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

/** Times the workloads and tells of the result. @returns whether all figures count. */
async function bench(options: BenchOptions, args: readonly string[]): Promise<boolean> {
  const { quick = false, only, sides, json, chart: picture, record: document } = options
  const { rounds, steps, seconds } = { ...(quick ? QUICK : FULL), ...options }
  await underVulkan()
  await makeFoldersOf([json, picture])
  if (document !== undefined) await readRecord(document)
  const result = await runBench(
    {
      workloads: chosenFrom(only),
      quick,
      rounds,
      length: { steps, seconds },
      start: only?.includes(START) ?? true,
      ...(sides !== undefined && { sides }),
    },
    tell,
  )
  for (const line of reportLines(result)) console.log(line)
  if (json !== undefined) await writeJson(json, result)
  if (picture !== undefined) await writeWhole(picture, chart(result))
  if (document !== undefined) await record(document, result, typed(args))
  return result.comparisons.every((comparison) => comparison.sides.every((side) => side.void === undefined))
}

/** The command as it was typed, with the driver that it was given. */
function typed(args: readonly string[]): string {
  const { NOISESCOPE_VULKAN: driver } = process.env
  return [...(driver ? [`NOISESCOPE_VULKAN=${driver}`] : []), 'npx -y pnpm@12 bench', ...args].join(' ')
}

/** Collects everything about the adapter in one file. */
async function gpuReport(path: string, only: BenchOptions['only']): Promise<void> {
  await underVulkan()
  await makeFoldersOf([path])
  await writeJson(path, await collectGpuReport(chosenFrom(only), tell))
  console.log(`written to ${path}`)
}

const chosenFrom = (only: BenchOptions['only']): Workload[] =>
  workloads.filter(({ name }) => only?.includes(name) ?? true)

const tell = (line: string): void => console.error(line)

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeWhole(path, `${JSON.stringify(value, undefined, 2)}\n`)

/** Before the long run, so that nothing stands in the way of its results. */
async function makeFoldersOf(paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) if (path !== undefined) await mkdir(dirname(path), { recursive: true })
}

/** Runs the command line. @param args without the program's own name. @returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let good = true
  const peers = new Set(workloads.flatMap((workload) => workload.sides.slice(1).map(({ name }) => name)))
  const program = new Command('bench')
    .description("Time noisescope beside other libraries on this machine's adapter.")
    .option('--quick', 'fewer and shorter rounds, fewer peers, smaller images')
    .addOption(new Option('--only <name...>', 'these workloads').choices([...workloads.map(({ name }) => name), START]))
    .addOption(new Option('--sides <name...>', 'these peers').choices([...peers]))
    .option('--rounds <number>', `how often each side runs (default: ${FULL.rounds})`, whole)
    .option('--steps <number>', `the fewest timed steps of a round (default: ${FULL.steps})`, whole)
    .option('--seconds <number>', `the shortest round (default: ${FULL.seconds})`, duration)
    .option('--json <file>', 'write everything to this file, each round too')
    .option('--chart <file>', 'write an SVG with bars of every workload')
    .option('--record <file>', 'write the run into the measured part of this document, its chart beside it')
    .option(
      '--gpu-report [file]',
      `measure no peers but everything of the adapter, in one file (default: ${GPU_REPORT})`,
    )
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: BenchOptions) => {
      if (options.gpuReport === undefined) good = await bench(options, args)
      else await gpuReport(options.gpuReport === true ? GPU_REPORT : options.gpuReport, options.only)
    })
  try {
    await program.parseAsync(args, { from: 'user' })
    return good ? EXIT.ok : EXIT.failed
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof InputError ? EXIT.usage : EXIT.failed
  }
}
