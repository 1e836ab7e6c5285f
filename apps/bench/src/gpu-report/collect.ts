import type { AdapterInfo, Tuned } from '@noisescope/core'
import { variantsOf } from '../bench.ts'
import { type Comparison, compare } from '../compare.ts'
import { type Machine, machine } from '../machine.ts'
import { type AdapterCeilings, measureAdapter } from '../processes/measure-adapter.ts'
import { runChild } from '../processes/run-child.ts'
import type { Workload } from '../workload.ts'
import type { AdapterFacts } from './adapter-facts.ts'
import { type ConvolutionShape, shapes } from './shapes.ts'

/** Everything about this machine's adapter that helps to make noisescope faster on it. */
export interface GpuReport {
  /** Of this file's layout. */
  readonly version: 1
  /** ISO 8601. */
  readonly started: string
  readonly machine: Machine
  /** What noisescope makes of the adapter. */
  readonly adapter: AdapterInfo
  /** What the adapter says of itself. */
  readonly facts: AdapterFacts
  readonly ceilings: AdapterCeilings
  readonly convolutions: readonly MeasuredConvolution[]
  /** Our own side alone. */
  readonly workloads: readonly (Comparison | Failure)[]
}

/** Milliseconds of every algorithm of a convolution and its gradients, and which won. */
export type MeasuredConvolution = ConvolutionShape & ({ readonly tuned: readonly Tuned[] } | Failure)

/** What could not be measured, and why. */
export interface Failure {
  readonly what: string
  readonly failure: string
}

const LENGTH = { steps: 1, seconds: 1 }

/** Measures everything, each part in a process of its own, so that a driver that fails in one does not end the report. */
export async function collectGpuReport(
  workloads: readonly Workload[],
  tell: (line: string) => void,
): Promise<GpuReport> {
  const started = new Date().toISOString()
  const here = machine()
  tell('the adapter')
  const facts = await runChild<object, AdapterFacts>(new URL('./adapter-facts.ts', import.meta.url), {})
  const { info: adapter, ceilings } = await measureAdapter()
  const convolutions: MeasuredConvolution[] = []
  for (const shape of shapes) {
    const { images, inputs, outputs, height, width, kernel } = shape
    const what = `convolution ${kernel}x${kernel}, ${inputs} to ${outputs} channels, ${height}x${width}, batch ${images}`
    tell(what)
    const measured = await orFailure(what, async () => ({
      tuned: await runChild<ConvolutionShape, Tuned[]>(new URL('./algorithms.ts', import.meta.url), shape),
    }))
    convolutions.push({ ...shape, ...measured })
  }
  const results: GpuReport['workloads'][number][] = []
  for (const workload of workloads) {
    for (const variant of variantsOf(workload, adapter.traits.kind === 'software')) {
      const what = `${workload.name} ${variant.name}`
      tell(what)
      const sides = workload.sides.slice(0, 1).map(({ name }) => name)
      results.push(await orFailure(what, () => compare(workload, variant, { length: LENGTH, rounds: 1, sides })))
    }
  }
  return { version: 1, started, machine: here, adapter, facts, ceilings, convolutions, workloads: results }
}

async function orFailure<Result>(what: string, work: () => Promise<Result>): Promise<Result | Failure> {
  try {
    return await work()
  } catch (error) {
    return { what, failure: error instanceof Error ? error.message : String(error) }
  }
}
