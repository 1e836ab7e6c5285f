import type { Trace, TraceExplanation } from '@noisescope/explain/trace'
import type { Method, Source } from '@noisescope/viewer'

/** A trace that becomes longer while it is looked at, such as that of a training. It holds no explanations. */
export class GrowingSource extends EventTarget implements Source {
  readonly live = false
  readonly methods: readonly Method[] = []
  #trace: Trace

  constructor(trace: Trace) {
    super()
    this.#trace = trace
  }

  get trace(): Trace {
    return this.#trace
  }

  set trace(trace: Trace) {
    this.#trace = trace
    this.dispatchEvent(new Event('change'))
  }

  async explain(): Promise<TraceExplanation | undefined> {
    return undefined
  }

  dispose(): void {}
}
