import { type Failure, failureOf, isAbort } from '../failure.ts'
import type { Progress } from '../ui/messages.ts'
import type { Source } from './source.ts'

/** Opens a source, and says how far it is. */
export type Opener = (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Source>

/** Listener to the progress of opening. */
export interface OpeningListener {
  opened(source: Source): void
  progressed(progress: Progress | undefined): void
  failed(failure: Failure): void
}

/** Opens sources; only the latest request is delivered, and every opened source is disposed of when replaced. */
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

  /** Retries the last failed opening. */
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
