import type { ReactiveController } from 'lit'
import { type Raster, showRaster } from '../drawing/index.ts'
import type { Painting } from './painting.ts'

/** The element whose shadow tree has the canvases. */
interface Host {
  readonly renderRoot: ParentNode
  addController(controller: ReactiveController): void
}

/** A canvas of which a template says what it shows: `<canvas .painting=${painting}></canvas>`. */
type PaintedCanvas = HTMLCanvasElement & { readonly painting?: Painting }

/** How far outside of the window canvases are painted already, so that scrolling meets none that is empty. */
const MARGIN = '200px'

/** Paints the canvases of an element that are in sight, the others when they come there. */
export class LazyPainter implements ReactiveController {
  readonly #host: Host
  /** What each canvas shows, undefined before it was in sight. */
  readonly #shown = new Map<PaintedCanvas, Painting | undefined>()
  readonly #inSight = new WeakSet<Element>()
  #observer: IntersectionObserver | undefined
  #raster: Raster | undefined

  constructor(host: Host) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: MARGIN })
    for (const canvas of this.#shown.keys()) this.#observer.observe(canvas)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  hostUpdated(): void {
    for (const canvas of this.#shown.keys()) if (!canvas.isConnected) this.#forget(canvas)
    for (const canvas of this.#host.renderRoot.querySelectorAll<PaintedCanvas>('canvas')) this.#paint(canvas)
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#inSight.add(target)
      else this.#inSight.delete(target)
      if (this.#shown.has(target as PaintedCanvas)) this.#paint(target as PaintedCanvas)
    }
  }

  #paint(canvas: PaintedCanvas): void {
    const { painting } = canvas
    if (!this.#shown.has(canvas)) {
      this.#shown.set(canvas, undefined)
      this.#observer?.observe(canvas)
    }
    if (painting === undefined || !this.#inSight.has(canvas)) return
    const before = this.#shown.get(canvas)
    if (before !== undefined && sameItems(before.key, painting.key)) return
    this.#raster = painting.paint(this.#raster)
    showRaster(canvas, this.#raster)
    this.#shown.set(canvas, painting)
  }

  #forget(canvas: PaintedCanvas): void {
    this.#observer?.unobserve(canvas)
    this.#shown.delete(canvas)
  }
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i])
