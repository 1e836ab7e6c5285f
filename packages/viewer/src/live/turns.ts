/** Lets one piece of work run after another, in the order in which they are asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Runs work when its turn comes. What is aborted before it began never begins; what is aborted later still holds its turn until
   * it ends, so that at most one thing is under way on the device.
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

  /** Settles when everything that was asked for so far has ended. */
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
