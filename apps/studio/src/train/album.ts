import type { TraceFrame } from '@noisescope/explain/trace'

/**
 * States of a network as it is trained, at most so many: when there are more, every second is let go, so that the whole training
 * stays in view. The first and the newest are always there.
 */
export class Album {
  readonly #most: number
  #kept: TraceFrame[] = []
  #newest: TraceFrame | undefined
  /** One in so many that came is kept. */
  #every = 1
  #came = 0

  /** @param most at least 2 */
  constructor(most: number) {
    this.#most = most
  }

  add(frame: TraceFrame): void {
    this.#newest = frame
    if (this.#came++ % this.#every !== 0) return
    this.#kept.push(frame)
    if (this.#kept.length < this.#most) return
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0)
    this.#every *= 2
  }

  /** In their order. */
  get frames(): readonly TraceFrame[] {
    const newest = this.#newest
    return newest === undefined || this.#kept.at(-1) === newest ? [...this.#kept] : [...this.#kept, newest]
  }
}
