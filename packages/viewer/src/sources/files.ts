import { Failure } from '../failure.ts'
import type { Texts } from '../texts.ts'

/** A file that the user gave. */
export type VisitorFile = Blob & { readonly name?: string }

/** What files need of the element. */
export interface FileTaker {
  texts(): Texts
  openTrace(file: Blob, name: string): void
  /** Denoises an image; undefined where nothing does. */
  openImage(): ((file: VisitorFile) => void) | undefined
  fail(error: unknown): void
  requestUpdate(): void
}

/** Files that the user chose, dropped or pasted. */
export class Files {
  /** Whether a file is being dragged over the element. */
  dragging = false
  readonly #taker: FileTaker

  constructor(taker: FileTaker) {
    this.#taker = taker
  }

  readonly open = (file: VisitorFile): void => {
    const { name = '', type } = file
    const texts = this.#taker.texts()
    const openImage = this.#taker.openImage()
    if (name.endsWith('.safetensors')) this.#taker.openTrace(file, name)
    else if (!type.startsWith('image/')) this.#taker.fail(new Failure('input', texts.wrongFile(name)))
    else if (openImage === undefined) this.#taker.fail(new Failure('input', texts.imagesOnlyLive))
    else openImage(file)
  }

  readonly dragged = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    this.#drag(true)
  }

  readonly left = (event: DragEvent): void => {
    const within = event.relatedTarget instanceof Node && (event.currentTarget as Node).contains(event.relatedTarget)
    if (!within) this.#drag(false)
  }

  readonly dropped = (event: DragEvent): void => {
    this.#drag(false)
    this.#take(event.dataTransfer, event)
  }

  readonly pasted = (event: ClipboardEvent): void => this.#take(event.clipboardData, event)

  #take(transfer: DataTransfer | null, event: Event): void {
    const [file] = transfer?.files ?? []
    if (file === undefined) return
    event.preventDefault()
    this.open(file)
  }

  #drag(dragging: boolean): void {
    if (this.dragging === dragging) return
    this.dragging = dragging
    this.#taker.requestUpdate()
  }
}
