import type { Device } from '../runtime/device.ts'
import { encodePass } from '../runtime/encode-pass.ts'
import type { Dispatch, PlannedKernel } from '../runtime/program.ts'

/**
 * How kernels are timed: by the adapter's own clock around each, or, where it has none that programs may read, each in a
 * submit of its own, from the end of the one before to its end as this side hears of it.
 */
export type TimingMethod = 'timestamps' | 'fences'

/** A kernel and how long it took. */
export interface TimedKernel extends PlannedKernel {
  /** The mean over the program's runs. */
  readonly milliseconds: number
}

/** What was measured of a program: its kernels in the order in which they run. */
export interface ProgramTimes {
  /** How often it ran. */
  readonly runs: number
  readonly kernels: readonly TimedKernel[]
}

/** The timing of one run; `submitted` is called once the encoder of the run is submitted. */
export interface RunTiming {
  submitted(): void
}

/** WebGPU's usage bits, which Node has no global constants for before Dawn is loaded. */
const QUERY_RESOLVE = 0x0200
const COPY_SRC = 0x0004

/** Passes whose two timestamps fit one query set; WebGPU allows 4096 queries in each. */
const PASSES_PER_SET = 2048

/** A timestamp is a u64 of nanoseconds. */
const BYTES_PER_TIMESTAMP = 8
const NANOSECONDS_PER_MILLISECOND = 1e6

/** Times of one program so far, summed kernel by kernel. */
interface Sums {
  readonly kernels: readonly PlannedKernel[]
  runs: number
  /** The first run apart: of a kernel that cannot be tried before, it has what drivers leave for the first use. */
  readonly first: readonly number[]
  readonly later: Float64Array
}

/**
 * Times the kernels of programs. Set it as a device's `profiler`; every run then has a pass for each kernel in place of one
 * for all, a kernel is tried once before it is timed first, and results stay the same. Browsers round timestamps to about
 * 0.1 ms, so that a short kernel is right in the mean of many runs only.
 */
export class Profiler implements Disposable {
  readonly method: TimingMethod
  readonly #device: Device
  readonly #programs = new Map<object, Sums>()
  readonly #pending = new Set<Promise<void>>()
  readonly #tried = new WeakSet<GPUComputePipeline>()
  readonly #querySets: GPUQuerySet[] = []
  readonly #resolved = new Map<number, GPUBuffer>()
  /** When the last kernel of the last run ended, by fences. */
  #lastEnd: Promise<number> = Promise.resolve(0)

  /** @param method default: timestamps where the device has them. */
  constructor(device: Device, method?: TimingMethod) {
    this.#device = device
    this.method = method ?? (device.info.features.includes('timestamp-query') ? 'timestamps' : 'fences')
  }

  /** Encodes a run's kernels, or submits them. Called by a program. */
  encode(program: object, dispatches: readonly Dispatch[], encoder: GPUCommandEncoder): RunTiming {
    return this.method === 'timestamps'
      ? this.#withTimestamps(program, dispatches, encoder)
      : this.#withFences(program, dispatches)
  }

  #withTimestamps(program: object, dispatches: readonly Dispatch[], encoder: GPUCommandEncoder): RunTiming {
    const { staging } = this.#device
    const bytes = 2 * BYTES_PER_TIMESTAMP * dispatches.length
    const resolved = this.#resolvedBuffer(bytes)
    for (let start = 0; start < dispatches.length; start += PASSES_PER_SET) {
      const querySet = this.#querySet(start / PASSES_PER_SET)
      const batch = dispatches.slice(start, start + PASSES_PER_SET)
      for (const [i, dispatch] of batch.entries()) {
        if (this.#shouldTry(dispatch)) encodePass(encoder, [dispatch])
        const writes = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 }
        encodePass(encoder, [dispatch], writes)
      }
      encoder.resolveQuerySet(querySet, 0, 2 * batch.length, resolved, 2 * BYTES_PER_TIMESTAMP * start)
    }
    const target = staging.take(bytes)
    encoder.copyBufferToBuffer(resolved, 0, target, 0, bytes)
    return {
      submitted: () => {
        this.#collect(
          program,
          dispatches,
          staging.read(target).then((values) => durations(new BigUint64Array(values))),
        )
      },
    }
  }

  /** Everything is submitted at once, in the order of a usual run, so that what is written between runs stays between them. */
  #withFences(program: object, dispatches: readonly Dispatch[]): RunTiming {
    const { gpuDevice } = this.#device
    const started = performance.now()
    const submit = (dispatch: Dispatch): Promise<number> => {
      const encoder = gpuDevice.createCommandEncoder({ label: dispatch.name })
      encodePass(encoder, [dispatch])
      gpuDevice.queue.submit([encoder.finish()])
      return gpuDevice.queue.onSubmittedWorkDone().then(() => performance.now())
    }
    const times: Promise<number>[] = []
    let before = this.#lastEnd.then((end) => Math.max(end, started))
    for (const dispatch of dispatches) {
      if (this.#shouldTry(dispatch)) before = submit(dispatch)
      const end = submit(dispatch)
      times.push(span(before, end))
      before = end
    }
    this.#lastEnd = before
    return { submitted: () => this.#collect(program, dispatches, Promise.all(times)) }
  }

  /** Drivers may compile a kernel at its first use: that is not to be timed. */
  #shouldTry({ pipeline, isRepeatable }: Dispatch): boolean {
    if (!isRepeatable || this.#tried.has(pipeline)) return false
    this.#tried.add(pipeline)
    return true
  }

  #collect(program: object, dispatches: readonly Dispatch[], times: Promise<readonly number[]>): void {
    const collected = this.#device
      .guard(times)
      .then((milliseconds) => this.#add(program, dispatches, milliseconds))
      // What went wrong with the device is told by the run itself.
      .catch(() => {})
      .finally(() => this.#pending.delete(collected))
    this.#pending.add(collected)
  }

  #add(program: object, kernels: readonly PlannedKernel[], milliseconds: readonly number[]): void {
    const sums = this.#programs.get(program)
    if (sums === undefined) {
      const later = new Float64Array(kernels.length)
      this.#programs.set(program, { kernels, runs: 1, first: milliseconds, later })
      return
    }
    sums.runs++
    for (const [i, time] of milliseconds.entries()) sums.later[i] = (sums.later[i] ?? 0) + time
  }

  /**
   * Waits for the runs that were started, and returns the times of every program, in the order of their first runs.
   * The first run of a program counts only where it is the only one.
   */
  async times(): Promise<ProgramTimes[]> {
    await Promise.all(this.#pending)
    return [...this.#programs.values()].map(({ kernels, runs, first, later }) => ({
      runs,
      kernels: kernels.map(({ name, layer, workgroups, operations, bytes }, i) => ({
        name,
        layer,
        workgroups,
        operations,
        bytes,
        milliseconds: runs === 1 ? (first[i] ?? 0) : (later[i] ?? 0) / (runs - 1),
      })),
    }))
  }

  #querySet(index: number): GPUQuerySet {
    const querySet =
      this.#querySets[index] ?? this.#device.gpuDevice.createQuerySet({ type: 'timestamp', count: 2 * PASSES_PER_SET })
    this.#querySets[index] = querySet
    return querySet
  }

  #resolvedBuffer(bytes: number): GPUBuffer {
    const known = this.#resolved.get(bytes)
    if (known !== undefined) return known
    const buffer = this.#device.gpuDevice.createBuffer({
      label: 'timestamps',
      size: bytes,
      usage: QUERY_RESOLVE | COPY_SRC,
    })
    this.#resolved.set(bytes, buffer)
    return buffer
  }

  /** Frees what timing takes on the device; the device must not use it any more. */
  [Symbol.dispose](): void {
    for (const querySet of this.#querySets) querySet.destroy()
    for (const buffer of this.#resolved.values()) buffer.destroy()
    this.#querySets.length = 0
    this.#resolved.clear()
  }
}

async function span(begin: Promise<number>, end: Promise<number>): Promise<number> {
  const [from, to] = await Promise.all([begin, end])
  return to - from
}

/** Milliseconds between the two timestamps of each pass; a clock that was set back in between gives 0. */
function durations(timestamps: BigUint64Array): number[] {
  return Array.from({ length: timestamps.length / 2 }, (_, i) => {
    const [begin = 0n, end = 0n] = timestamps.subarray(2 * i, 2 * i + 2)
    return end > begin ? Number(end - begin) / NANOSECONDS_PER_MILLISECOND : 0
  })
}
