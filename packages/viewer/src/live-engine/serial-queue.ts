/** Serial queue: runs tasks one after another, in the order of their requests. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Runs a task when those before it have ended. A task that is aborted before it starts never starts; one that is aborted later
   * keeps the queue until it ends, so that at most one task runs on the device.
   * @throws the signal's reason as soon as it is aborted.
   */
  take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.#last = turn.catch(() => {})
    return untilAborted(signal, turn)
  }

  /** Resolves when all tasks queued so far have ended. */
  async idle(): Promise<void> {
    await this.#last
  }
}

function untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason)
    signal.addEventListener('abort', give, { once: true })
    if (signal.aborted) give()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
}
