import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { type Contents, readContents } from './carried/contents.ts'
import { given, isOwnFile } from './look/files.ts'
import { LookPanel } from './look/look-panel.ts'
import { failureView, messageOf } from './parts/messages.ts'
import { shared } from './parts/styles.ts'
import { panelId, type Tab, tabId, tabList } from './parts/tab-list.ts'
import { StudyPanel } from './study/study-panel.ts'
import { askForWebGpu, type WebGpu } from './webgpu.ts'

const tabNames = ['look', 'train', 'study'] as const
type TabName = (typeof tabNames)[number]

const tabs: readonly Tab<TabName>[] = [
  { name: 'look', title: 'Look inside' },
  { name: 'train', title: 'Train live' },
  { name: 'study', title: 'The study' },
]

/** The page: its tabs, and files that are dropped on it. `?tab=` says which tab is open, `?trace=` which trace. */
export class StudioApp extends LitElement {
  static override properties = {
    contents: { state: true },
    webgpu: { state: true },
    tab: { state: true },
    failure: { state: true },
  }
  declare contents: Contents | undefined
  declare webgpu: WebGpu | undefined
  declare tab: TabName
  declare failure: string | undefined
  readonly #address = new URLSearchParams(location.search)

  constructor() {
    super()
    this.tab = tabNames.find((name) => name === this.#address.get('tab')) ?? 'look'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // Before the viewer sees them: it takes images and traces alone.
    addEventListener('dragover', this.#dragged, { capture: true })
    addEventListener('drop', this.#dropped, { capture: true })
    this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('dragover', this.#dragged, { capture: true })
    removeEventListener('drop', this.#dropped, { capture: true })
  }

  async #begin(): Promise<void> {
    askForWebGpu().then((webgpu) => {
      this.webgpu = webgpu
    })
    try {
      this.contents = await readContents()
    } catch (error) {
      this.failure = messageOf(error)
    }
  }

  #choose(tab: TabName): void {
    this.tab = tab
    const url = new URL(location.href)
    url.searchParams.set('tab', tab)
    history.replaceState(history.state, '', url)
  }

  readonly #dragged = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  }

  readonly #dropped = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    if (!files.every(isOwnFile)) return
    event.stopPropagation()
    this.#open(files)
  }

  /** Shows files where they belong. */
  async #open(files: readonly File[]): Promise<void> {
    this.failure = undefined
    const studies: File[] = []
    for (const file of files) {
      try {
        const found = await given(file)
        if (found.kind === 'study') {
          studies.push(file)
          continue
        }
        this.#choose('look')
        const panel = this.renderRoot.querySelector('look-panel') as LookPanel
        if (found.kind === 'trace') panel.openTrace(found.bytes, found.name)
        else panel.useWeights(found)
      } catch (error) {
        this.failure = messageOf(error)
      }
    }
    if (studies.length === 0) return
    this.#choose('study')
    await (this.renderRoot.querySelector('study-panel') as StudyPanel).open(studies)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Training brings the whole engine; it is loaded when it is first looked at.
    if (changed.has('tab') && this.tab === 'train') {
      import('./train/define.ts').catch((error: unknown) => {
        this.failure = messageOf(error)
      })
    }
  }

  protected override render(): TemplateResult {
    const { contents, webgpu, tab } = this
    const trace = this.#address.get('trace') ?? undefined
    return html`
      <header>
        <h1>noisescope <span>studio</span></h1>
        ${tabList('Parts of the studio', tabs, tab, (name) => this.#choose(name))}
      </header>
      <main>
        ${this.failure === undefined ? nothing : failureView(this.failure)}
        ${this.#panel('look', html`<look-panel .contents=${contents} .webgpu=${webgpu} .trace=${trace} ?shown=${tab === 'look'}></look-panel>`)}
        ${this.#panel('train', html`<train-panel .contents=${contents} .webgpu=${webgpu} ?shown=${tab === 'train'}></train-panel>`)}
        ${this.#panel('study', html`<study-panel ?shown=${tab === 'study'}></study-panel>`)}
      </main>
      <footer class="muted">${contents === undefined ? nothing : credits(contents)}</footer>
    `
  }

  #panel(name: TabName, content: TemplateResult): TemplateResult {
    return html`<div role="tabpanel" id=${panelId(name)} aria-labelledby=${tabId(name)} ?hidden=${this.tab !== name}>${content}</div>`
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        max-width: 84rem;
        margin-inline: auto;
        padding: 0 clamp(0.75rem, 3vw, 2rem) 2rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 2rem;
        align-items: baseline;
        margin-block-end: 1.25rem;
        border-block-end: 1px solid var(--rule);
      }
      h1 {
        margin: 0;
        padding-block: 0.75rem;
        font-size: 1.25rem;
        font-weight: 650;
      }
      h1 span {
        font-weight: 400;
        color: var(--muted);
      }
      .tabs {
        display: flex;
        gap: 0.25rem;
        overflow-x: auto;
        /* The chosen tab's line lies on the header's. */
        margin-block-end: -1px;
      }
      .tabs button {
        min-height: 2.75rem;
        padding: 0.3rem 0.8rem;
        border: 0;
        border-block-end: 3px solid transparent;
        border-radius: 0;
        background: none;
        white-space: nowrap;
        color: var(--muted);
      }
      .tabs button[aria-selected='true'] {
        color: var(--ink);
        border-block-end-color: var(--accent);
      }
      .tabs button:focus-visible {
        outline-offset: -3px;
      }
      footer {
        margin-block-start: 2.5rem;
        padding-block-start: 0.75rem;
        border-block-start: 1px solid var(--rule);
      }
    `,
  ]
}

/** Where the images that the page carries are from. */
function credits({ sets, photographs }: Contents): TemplateResult {
  return html`<p>
    The first images of ${sets.map(({ source, licence }) => html`${source} (${licence}); `)} photographs of ${photographs.name}
    (${photographs.licence}). Everything is computed in this page; nothing is sent anywhere.
  </p>`
}

customElements.define('look-panel', LookPanel)
customElements.define('study-panel', StudyPanel)
customElements.define('studio-app', StudioApp)
