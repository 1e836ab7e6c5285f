import type { ReactiveControllerHost } from 'lit'
import type { LiveSettings } from '../sources/open.ts'
import type { LiveElement, LiveTools } from './live-tools.ts'

/** Loads what one can do with live models when there is one. */
export class LiveToolsLoader {
  tools: LiveTools | undefined
  readonly #host: ReactiveControllerHost
  readonly #element: LiveElement
  #loading = false
  /** Noise or level that were set before there was anything to set them of. */
  #untuned: Parameters<LiveTools['retune']> | undefined

  constructor(host: ReactiveControllerHost, element: LiveElement) {
    this.#host = host
    this.#element = element
  }

  need(): void {
    if (this.#loading) return
    this.#loading = true
    this.#load().catch((error: unknown) => this.#element.fail(error))
  }

  /** Does what attributes say that have changed. */
  retune(settings: Omit<LiveSettings, 'weights' | 'image'>, levelChanged: boolean): void {
    if (this.tools === undefined) this.#untuned = [settings, levelChanged]
    else this.tools.retune(settings, levelChanged)
  }

  async #load(): Promise<void> {
    const { LiveTools: Tools } = await import('./live-tools.ts')
    this.tools = new Tools(this.#host, this.#element)
    if (this.#untuned !== undefined) this.tools.retune(...this.#untuned)
    this.#host.requestUpdate()
  }
}
