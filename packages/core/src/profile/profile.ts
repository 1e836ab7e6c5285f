import { layerOfPath } from '../graph/gradients.ts'
import type { Device } from '../runtime/device.ts'
import type { InputSpec, InputValues, Program } from '../runtime/program.ts'
import type { Ceilings } from './ceilings.ts'
import { Profiler, type ProgramTimes, type TimingMethod } from './profiler.ts'
import type { Work } from './work.ts'

/** One kernel of a layer, over all of its dispatches. */
export interface ProfiledKernel extends Work {
  /** The layer that it computes or whose gradient it computes; '' outside every layer. */
  readonly layer: string
  /** Whether it belongs to a gradient. */
  readonly isGradient: boolean
  /** Algorithm and tile sizes. */
  readonly kernel: string
  readonly dispatches: number
  readonly milliseconds: number
  readonly operationsPerSecond: number
  readonly bytesPerSecond: number
  /**
   * How near it comes to what the adapter can do: the time that its operations or its bytes need at the ceilings, whichever
   * is longer, of the time that it took. Above 1 where values were still in a cache. Absent without ceilings.
   */
  readonly shareOfCeiling?: number
}

/** A layer with its kernels, in the order in which they run. */
export interface ProfiledLayer extends Work {
  readonly layer: string
  readonly milliseconds: number
  /** Of the time of all kernels, 0..1. */
  readonly shareOfTime: number
  readonly kernels: readonly ProfiledKernel[]
}

/** Where the time of programs went. */
export interface Profile extends Work {
  readonly method: TimingMethod
  /** Runs of all programs. */
  readonly runs: number
  /** Of all kernels together; neither transfers nor what lies between two kernels counts. */
  readonly milliseconds: number
  readonly ceilings?: Ceilings
  /** In the order in which they run first. */
  readonly layers: readonly ProfiledLayer[]
}

export interface ProfileOptions {
  /** Timed runs after a first one that does not count; default 5. */
  readonly repeats?: number
  /** What `measureCeilings` found, for shares of it. */
  readonly ceilings?: Ceilings
}

/**
 * Runs a program a few times and says where the time of one run goes. Each run, also the first, counts for what the program
 * assigns: a training step moves the parameters each time.
 * @throws ShapeError when an input is missing or has the wrong length; DeviceLostError; OutOfMemoryError.
 */
export async function profile<Inputs extends InputSpec>(
  device: Device,
  program: Program<Inputs>,
  inputs: InputValues<Inputs>,
  { repeats = 5, ceilings }: ProfileOptions = {},
): Promise<Profile> {
  using profiler = new Profiler(device)
  const outer = device.profiler
  device.profiler = profiler
  try {
    for (let i = 0; i <= repeats; i++) await program.run(inputs)
  } finally {
    device.profiler = outer
  }
  const times = await profiler.times()
  return profileOf(
    times.map(({ kernels }) => ({ runs: 1, kernels })),
    { method: profiler.method, ...(ceilings === undefined ? {} : { ceilings }) },
  )
}

/** Adds up the times of programs, each as often as it ran, by layer and kernel. */
export function profileOf(
  programs: readonly ProgramTimes[],
  { method, ceilings }: Pick<Profile, 'method' | 'ceilings'>,
): Profile {
  const layers = new Map<string, Map<string, Sum>>()
  for (const { runs, kernels } of programs) {
    for (const { name, layer: path, milliseconds, operations, bytes } of kernels) {
      const layer = layerOfPath(path)
      const byKernel = layers.get(layer) ?? new Map<string, Sum>()
      layers.set(layer, byKernel)
      const key = `${path} ${name}`
      const sum = byKernel.get(key) ?? emptySum(name, path !== layer)
      byKernel.set(key, {
        ...sum,
        dispatches: sum.dispatches + runs,
        milliseconds: sum.milliseconds + runs * milliseconds,
        operations: sum.operations + runs * operations,
        bytes: sum.bytes + runs * bytes,
      })
    }
  }
  const rows = [...layers].map(([layer, kernels]) => [...kernels.values()].map((sum) => rowOf(layer, sum, ceilings)))
  const total = totalOf(rows.flat())
  return {
    method,
    runs: programs.reduce((sum, { runs }) => sum + runs, 0),
    ...total,
    ...(ceilings === undefined ? {} : { ceilings }),
    layers: rows.map((kernels) => {
      const own = totalOf(kernels)
      const shareOfTime = total.milliseconds > 0 ? own.milliseconds / total.milliseconds : 0
      return { layer: kernels[0]?.layer ?? '', ...own, shareOfTime, kernels }
    }),
  }
}

type Sum = Pick<ProfiledKernel, 'kernel' | 'isGradient' | 'dispatches' | 'milliseconds' | 'operations' | 'bytes'>

const emptySum = (kernel: string, isGradient: boolean): Sum => ({
  kernel,
  isGradient,
  dispatches: 0,
  milliseconds: 0,
  operations: 0,
  bytes: 0,
})

function rowOf(layer: string, sum: Sum, ceilings: Ceilings | undefined): ProfiledKernel {
  const seconds = sum.milliseconds / 1000
  const rate = (amount: number): number => (seconds > 0 ? amount / seconds : 0)
  const rates = { operationsPerSecond: rate(sum.operations), bytesPerSecond: rate(sum.bytes) }
  if (ceilings === undefined) return { layer, ...sum, ...rates }
  const shareOfCeiling = Math.max(
    rates.operationsPerSecond / ceilings.operationsPerSecond,
    rates.bytesPerSecond / ceilings.copyBytesPerSecond,
  )
  return { layer, ...sum, ...rates, shareOfCeiling }
}

const totalOf = (
  kernels: readonly (Work & { readonly milliseconds: number })[],
): Work & { readonly milliseconds: number } =>
  kernels.reduce(
    (total, { milliseconds, operations, bytes }) => ({
      milliseconds: total.milliseconds + milliseconds,
      operations: total.operations + operations,
      bytes: total.bytes + bytes,
    }),
    { milliseconds: 0, operations: 0, bytes: 0 },
  )
