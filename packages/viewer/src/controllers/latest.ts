import { isAbort } from '../failure.ts'

/** Work that is given up when its signal is aborted. */
export type Task = (signal: AbortSignal) => Promise<void>

/**
 * Does one thing at a time, and of what is asked meanwhile only the latest: what is dragged is seen as often as it can be
 * computed, and its end is never behind.
 */
export class Latest {
  readonly #onFailure: (error: unknown) => void
  #running = false
  #current = new AbortController()
  #next: Task | undefined

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** @param moving whether more is about to come, so that what runs may as well end */
  run(task: Task, moving = false): void {
    this.#next = task
    if (!moving) this.#current.abort()
    if (!this.#running) void this.#all()
  }

  stop(): void {
    this.#next = undefined
    this.#current.abort()
  }

  async #all(): Promise<void> {
    this.#running = true
    while (this.#next !== undefined) {
      const task = this.#next
      this.#next = undefined
      this.#current = new AbortController()
      try {
        await task(this.#current.signal)
      } catch (error) {
        if (!isAbort(error)) this.#onFailure(error)
      }
    }
    this.#running = false
  }
}
