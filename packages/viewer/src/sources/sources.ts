import type { Progress } from '../ui/messages.ts'
import { type Opener, Opening } from './opening.ts'
import type { Source } from './source.ts'

/** What the element is told of its sources. */
export interface SourcesListener {
  isConnected(): boolean
  /** A source was opened, as the first or the second to look at. */
  opened(which: Which, source: Source | undefined): void
  progressed(progress: Progress | undefined): void
  failed(error: unknown): void
  /** A source has another trace. */
  changed(): void
}

export type Which = 'source' | 'compare'

/**
 * The sources that an element looks at: opens those of its attributes, listens to all of them, and disposes of what it opened
 * when the element has left the page for good.
 */
export class Sources {
  readonly #listener: SourcesListener
  readonly #openings: Readonly<Record<Which, Opening>>
  readonly #heard = new Map<Which, Source>()
  #closed = false

  constructor(listener: SourcesListener) {
    this.#listener = listener
    const opening = (which: Which) =>
      new Opening({
        opened: (source) => listener.opened(which, source),
        progressed: (progress) => listener.progressed(progress),
        failed: (failure) => listener.failed(failure),
      })
    this.#openings = { source: opening('source'), compare: opening('compare') }
  }

  /** Whether something is being opened now. */
  get busy(): boolean {
    return this.#openings.source.busy || this.#openings.compare.busy
  }

  /** Opens something, or without it closes what was opened. */
  open(which: Which, opener: Opener | undefined): void {
    const opening = this.#openings[which]
    if (opener !== undefined) void opening.open(opener)
    else if (opening.close()) this.#listener.opened(which, undefined)
  }

  /** Opens what failed once more. */
  again(): void {
    for (const opening of Object.values(this.#openings)) opening.again()
  }

  /** Listens to a source instead of the one before. */
  subscribe(which: Which, source: Source | undefined): void {
    const before = this.#heard.get(which)
    if (before === source) return
    before?.removeEventListener('change', this.#changed)
    before?.removeEventListener('error', this.#failed)
    if (source === undefined) this.#heard.delete(which)
    else {
      this.#heard.set(which, source)
      source.addEventListener('change', this.#changed)
      source.addEventListener('error', this.#failed)
    }
  }

  /** @returns whether what was opened had to be closed meanwhile. */
  connected(): boolean {
    const closed = this.#closed
    this.#closed = false
    return closed
  }

  /** Closes what it opened, unless the element is back in the page by the next task: it may only be moved. */
  disconnected(): void {
    setTimeout(() => {
      if (this.#listener.isConnected()) return
      this.#closed = true
      for (const which of ['source', 'compare'] as const) {
        this.subscribe(which, undefined)
        this.#openings[which].close()
      }
    })
  }

  readonly #changed = (): void => this.#listener.changed()

  readonly #failed = (event: Event): void => {
    const { detail, error } = event as Partial<CustomEvent & ErrorEvent>
    this.#listener.failed(detail ?? error)
  }
}
