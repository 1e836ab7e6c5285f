import { adoptStyles, type CSSResultOrNative, type TemplateResult } from 'lit'
import type { Scene } from './scene.ts'
import { styles } from './styles.ts'

type ExtraView = (scene: Scene) => TemplateResult | symbol

/** A view that is loaded when it is needed, and its styles. */
interface Loaded {
  readonly view: ExtraView
  readonly styles: CSSResultOrNative
}

/** Views that only some traces or arrangements need. */
const views = {
  comparison: () => import('../comparison/comparison.ts').then(({ comparison: view, styles }) => ({ view, styles })),
  scores: () => import('../scores/scores.ts').then(({ scores: view, styles }) => ({ view, styles })),
  training: () => import('../training/training.ts').then(({ training: view, styles }) => ({ view, styles })),
} satisfies Record<string, () => Promise<Loaded>>

/** Host of lazily loaded views. */
interface ExtraHost {
  root(): ShadowRoot
  requestUpdate(): void
  fail(error: unknown): void
}

/** Loads views when they are first needed. */
export class ExtraViews {
  readonly #host: ExtraHost
  readonly #loaded = new Map<keyof typeof views, Loaded | undefined>()

  constructor(host: ExtraHost) {
    this.#host = host
  }

  /** A view; undefined until it is there, and then the host is asked for an update. */
  readonly need = (name: keyof typeof views): ExtraView | undefined => {
    if (!this.#loaded.has(name)) {
      this.#loaded.set(name, undefined)
      this.#load(name).catch((error: unknown) => this.#host.fail(error))
    }
    return this.#loaded.get(name)?.view
  }

  async #load(name: keyof typeof views): Promise<void> {
    this.#loaded.set(name, await views[name]())
    const extra = [...this.#loaded.values()].flatMap((loaded) => loaded?.styles ?? [])
    adoptStyles(this.#host.root(), [...styles, ...extra])
    this.#host.requestUpdate()
  }
}
