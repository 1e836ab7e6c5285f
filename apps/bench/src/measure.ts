import type { Running } from './workload.ts'

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
  /** What each step returned, that of the warm-up first. */
  readonly values: readonly number[]
}

const MICROSECONDS = 1e6

/** Does one step to warm up, then times the steps of a round in this process. */
export async function measure(running: Running, { steps, seconds }: RoundLength): Promise<Round> {
  const values = [await running.step()]
  await running.settle()

  const started = performance.now()
  const processBefore = process.cpuUsage()
  const threadBefore = process.threadCpuUsage()
  const secondsGone = () => (performance.now() - started) / 1000
  while (values.length <= steps || secondsGone() < seconds) values.push(await running.step())
  await running.settle()
  const whole = process.cpuUsage(processBefore)
  const thread = process.threadCpuUsage(threadBefore)

  return {
    steps: values.length - 1,
    seconds: secondsGone(),
    coreSeconds: (whole.user + whole.system) / MICROSECONDS,
    mainThreadSeconds: (thread.user + thread.system) / MICROSECONDS,
    values,
  }
}
