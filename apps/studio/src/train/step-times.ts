import { type Device, type Profile, Profiler, profileOf } from '@noisescope/core'

/** Steps that are timed: browsers round each time to 0.1 ms, so that short kernels show in the mean of many only. */
const MOST_STEPS = 20

/** ...and how few after a while (milliseconds), on adapters where a step takes seconds. Some are in flight when timing begins. */
const LEAST_STEPS = 5
const PATIENCE = 3000

/** Times the kernels of the next steps of a training, which goes on meanwhile and comes to the same losses. */
export class StepTimes {
  /** Where the time of a step goes. Rejects with an `AbortError` when the training stops before a step is timed. */
  readonly profile: Promise<Profile>
  readonly #device: Device
  readonly #profiler: Profiler
  readonly #settle: (profile: Promise<Profile>) => void
  readonly #started = performance.now()
  #steps = 0

  constructor(device: Device) {
    const { promise, resolve } = Promise.withResolvers<Profile>()
    this.profile = promise
    this.#settle = resolve
    this.#device = device
    this.#profiler = new Profiler(device)
    device.profiler = this.#profiler
  }

  /** A step is done. @returns whether enough are, so that the timing has ended. */
  step(): boolean {
    this.#steps++
    const isLong = performance.now() - this.#started > PATIENCE
    if (this.#steps < (isLong ? LEAST_STEPS : MOST_STEPS)) return false
    this.end()
    return true
  }

  /** Ends the timing, with the steps that there are. */
  end(): void {
    if (this.#device.profiler === this.#profiler) this.#device.profiler = undefined
    this.#settle(this.#measured())
  }

  async #measured(): Promise<Profile> {
    using profiler = this.#profiler
    // Between steps the network is looked at and validated, which is not what is asked for.
    const [step] = (await profiler.times()).toSorted((a, b) => b.runs - a.runs)
    if (step === undefined) throw new DOMException('the training stopped before a step was timed', 'AbortError')
    return profileOf([{ ...step, runs: 1 }], profiler)
  }
}
