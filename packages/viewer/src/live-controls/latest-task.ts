import { isAbort } from '../failure.ts'

/** An abortable task. */
export type Task = (signal: AbortSignal) => Promise<void>

/**
 * Runs one task at a time and keeps only the latest of those requested meanwhile: a drag is shown as often as it can be
 * computed, and its final state is always computed.
 */
export class LatestTask {
  readonly #onFailure: (error: unknown) => void
  #running = false
  #current = new AbortController()
  #next: Task | undefined

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** @param moving whether further calls are expected (a drag): the running task is then not aborted */
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
