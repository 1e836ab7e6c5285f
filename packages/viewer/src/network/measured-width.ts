import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Knows how wide an element of the shadow tree is. */
export class MeasuredWidth implements ReactiveController {
  width = 0
  readonly #host: ReactiveControllerHost
  readonly #find: () => Element | null
  #observed: Element | null = null
  #observer: ResizeObserver | undefined

  /** @param find the element, once it is there */
  constructor(host: ReactiveControllerHost, find: () => Element | null) {
    this.#host = host
    this.#find = find
    host.addController(this)
  }

  hostConnected(): void {
    this.#observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0)
      if (width === this.width || width === 0) return
      this.width = width
      this.#host.requestUpdate()
    })
    if (this.#observed !== null) this.#observer.observe(this.#observed)
  }

  hostUpdated(): void {
    const found = this.#find()
    if (found === this.#observed) return
    if (this.#observed !== null) this.#observer?.unobserve(this.#observed)
    this.#observed = found
    if (found !== null) this.#observer?.observe(found)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
  }
}
