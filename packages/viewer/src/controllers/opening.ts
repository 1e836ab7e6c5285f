import { type Failure, failureOf, isAbort } from '../failure.ts'
import type { Source } from '../source.ts'
import type { Progress } from '../views/messages.ts'

/** Opens a source, and says how far it is. */
export type Opener = (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Source>

/** What hears how opening goes. */
export interface OpeningListener {
  opened(source: Source): void
  progressed(progress: Progress | undefined): void
  failed(failure: Failure): void
}

/** Opens one source after another; only the latest that was wanted arrives, and those that it opened it disposes of. */
export class Opening {
  readonly #listener: OpeningListener
  #current = new AbortController()
  /** Whether something is being opened now. */
  busy = false
  #owned: Source | undefined
  /** The one that is being opened, or failed. */
  #opener: Opener | undefined

  constructor(listener: OpeningListener) {
    this.#listener = listener
  }

  async open(opener: Opener): Promise<void> {
    this.#current.abort()
    this.#current = new AbortController()
    const { signal } = this.#current
    this.#opener = opener
    this.busy = true
    this.#listener.progressed({ text: '', done: 0, total: 0 })
    try {
      const source = await opener(signal, (progress) => {
        // A live source goes on to say how far its explanations are.
        if (!signal.aborted) this.#listener.progressed(progress)
      })
      if (signal.aborted) return source.dispose()
      const before = this.#owned
      this.#owned = source
      this.#opener = undefined
      this.busy = false
      this.#listener.progressed(undefined)
      this.#listener.opened(source)
      before?.dispose()
    } catch (error) {
      if (signal.aborted || isAbort(error)) return
      this.busy = false
      this.#listener.progressed(undefined)
      this.#listener.failed(failureOf(error))
    }
  }

  /** Opens what failed once more. */
  again(): void {
    if (this.#opener !== undefined && !this.busy) void this.open(this.#opener)
  }

  /** Stops an opening that is under way and disposes of the source that is open. @returns whether one was open. */
  close(): boolean {
    this.busy = false
    this.#current.abort()
    const owned = this.#owned
    this.#owned = undefined
    owned?.dispose()
    return owned !== undefined
  }
}
