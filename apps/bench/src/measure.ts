import type { DeviceMemory, Running } from './workload.ts'

/** How long a round lasts: so many steps, and more until the seconds are over. */
export interface RoundLength {
  readonly steps: number
  readonly seconds: number
}

/** One round of one side. */
export interface Round {
  /** Steps in the timed part. */
  readonly steps: number
  /** By the clock. */
  readonly seconds: number
  /** User and system time of the process on all its threads, those of a software adapter among them. */
  readonly coreSeconds: number
  /** The part of `coreSeconds` on JavaScript's thread, where Dawn also polls while a result is awaited. */
  readonly mainThreadSeconds: number
  /** The most memory that the process has had, in bytes; a software adapter's is in it. */
  readonly peakBytes: number
  readonly memory?: DeviceMemory
  /** Samples of what the warm-up returned. */
  readonly first: readonly number[]
  /** Samples of what the last step returned. */
  readonly last: readonly number[]
}

const MICROSECONDS = 1e6
const KIBIBYTE = 1024

/** Values of a result that are kept; a loss is kept whole. */
const SAMPLES = 256

/** The golden ratio's share: multiples of it, modulo 1, fill an interval evenly and fall into no step with rows of pixels. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** Values from all over a result; all of them where there are few. */
export function samples(values: ArrayLike<number>): number[] {
  const { length } = values
  if (length <= SAMPLES) return Array.from(values)
  return Array.from({ length: SAMPLES }, (_, i) => values[Math.floor(((i * GOLDEN) % 1) * length)] as number)
}

/** Does one step to warm up, then times the steps of a round. */
export async function measure(running: Running, { steps, seconds }: RoundLength): Promise<Round> {
  const inOrder = (result: ArrayLike<number>): number[] => samples(running.inOrder?.(result) ?? result)
  const first = inOrder(await running.step())
  await running.settle?.()

  const outsideBefore = await running.outside?.()
  const started = performance.now()
  const processBefore = process.cpuUsage()
  const threadBefore = process.threadCpuUsage()
  const secondsGone = () => (performance.now() - started) / 1000
  let done = 0
  let result: ArrayLike<number> = []
  while (done < steps || secondsGone() < seconds) {
    result = await running.step()
    done++
  }
  await running.settle?.()
  const whole = process.cpuUsage(processBefore)
  const thread = process.threadCpuUsage(threadBefore)
  const clock = secondsGone()
  const outside = await running.outside?.()

  const memory = running.memory?.()
  return {
    steps: done,
    seconds: clock,
    coreSeconds:
      (whole.user + whole.system) / MICROSECONDS + (outside?.coreSeconds ?? 0) - (outsideBefore?.coreSeconds ?? 0),
    mainThreadSeconds: (thread.user + thread.system) / MICROSECONDS,
    peakBytes: process.resourceUsage().maxRSS * KIBIBYTE + (outside?.peakBytes ?? 0),
    ...(memory !== undefined && { memory }),
    first,
    last: inOrder(result),
  }
}
