import '@noisescope/viewer'
import { readTrace } from '@noisescope/explain/trace'
import type { Source } from '@noisescope/viewer'
import type { Stage } from '@noisescope/viewer/live'
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { type CarriedWeights, type Contents, carriedBytes } from '../carried/contents.ts'
import { numberField, selectField } from '../parts/fields.ts'
import '../parts/kernel-times.ts'
import { failureView, fileButton, isAbort, messageOf, progressView } from '../parts/messages.ts'
import { shared } from '../parts/styles.ts'
import type { WebGpu } from '../webgpu.ts'
import { foreignTraceView } from './foreign-trace.ts'
import { LiveModel, type WeightsBytes } from './live-model.ts'
import { countOf, type Sample, sampleKinds, sampleTexts, weightsFor } from './samples.ts'

/** Stands for one's own weights among the names of those that come along. */
const OWN = ''

/** Looks inside a model that runs here on an image that the page carries, or inside a recorded trace. */
export class LookPanel extends LitElement {
  static override properties = {
    contents: { attribute: false },
    webgpu: { attribute: false },
    trace: {},
    shown: { type: Boolean },
    sample: { state: true },
    chosen: { state: true },
    own: { state: true },
    progress: { state: true },
    failure: { state: true },
    recorded: { state: true },
    foreign: { state: true },
  }
  declare contents: Contents | undefined
  declare webgpu: WebGpu | undefined
  /** Address of a trace that is shown first. */
  declare trace: string | undefined
  /** Whether the panel is looked at: nothing is computed before it is. */
  declare shown: boolean
  declare sample: Sample
  /** Name of the chosen weights; empty for one's own. */
  declare chosen: string
  declare own: WeightsBytes | undefined
  declare progress: { readonly text: string; readonly share: number | undefined } | undefined
  declare failure: string | undefined
  /** Whether what is shown is a recorded trace. */
  declare recorded: boolean
  /** The trace of another host that the page's address asks for, until somebody says whether it is wanted. */
  declare foreign: URL | undefined
  #started = false
  readonly #model = new LiveModel()
  #work = new AbortController()

  constructor() {
    super()
    this.shown = false
    this.sample = { kind: 'garment', index: 0 }
    this.chosen = OWN
    this.recorded = false
  }

  /** Shows a recorded trace. */
  openTrace(bytes: Uint8Array, name: string): void {
    this.#started = true
    this.#giveUp()
    try {
      this.#viewer.trace = readTrace(bytes, name)
      this.failure = undefined
    } catch (error) {
      this.failure = messageOf(error)
    }
  }

  /** Runs a model with one's own weights. */
  useWeights(weights: WeightsBytes): void {
    this.#started = true
    this.own = weights
    this.chosen = OWN
    this.#model.forget()
    this.#run()
  }

  get #viewer() {
    return this.renderRoot.querySelector('activation-viewer') as HTMLElementTagNameMap['activation-viewer']
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('contents') && this.contents !== undefined && this.own === undefined) {
      this.chosen = weightsFor(this.sample.kind, this.contents)?.name ?? OWN
    }
    this.#start()
  }

  /** What is seen first: the trace that was asked for, a live model, or without WebGPU a recorded example. */
  #start(): void {
    if (this.#started || !this.shown) return
    if (this.trace !== undefined) {
      this.#started = true
      const address = URL.canParse(this.trace, document.baseURI) ? new URL(this.trace, document.baseURI) : undefined
      // Whoever made the link must not have this browser ask another host, without a word.
      if (address !== undefined && address.origin !== location.origin) this.foreign = address
      else this.#viewer.src = this.trace
      return
    }
    if (this.webgpu === undefined || this.contents === undefined) return
    this.#started = true
    if (this.webgpu.usable) this.#run()
    else this.#viewer.src = new URL(this.contents.examples.trace, document.baseURI).href
  }

  /** Opens the trace of another host, or what is seen where no trace was asked for. */
  #answer(isWanted: boolean): void {
    const { foreign } = this
    this.foreign = undefined
    if (isWanted && foreign !== undefined) {
      this.#viewer.src = foreign.href
      return
    }
    this.trace = undefined
    this.#started = false
  }

  #giveUp(): AbortSignal {
    this.#work.abort(new DOMException('something else is wanted', 'AbortError'))
    this.#work = new AbortController()
    this.progress = undefined
    this.foreign = undefined
    return this.#work.signal
  }

  /** Runs the chosen model on the chosen image. */
  async #run(): Promise<void> {
    const { contents, chosen } = this
    if (contents === undefined) {
      // Once they are there.
      this.#started = false
      return
    }
    const signal = this.#giveUp()
    this.failure = undefined
    this.progress = { text: 'Fetching the image and the model', share: undefined }
    try {
      const { sampleImage } = await import('./sample-image.ts')
      const image = await sampleImage(this.sample, contents)
      signal.throwIfAborted()
      const onProgress = ({ text, done, total }: Stage) => {
        this.progress = { text, share: total === 0 ? undefined : done / total }
      }
      await this.#model.show({ key: chosen, weights: () => this.#weights(contents), image, signal, onProgress })
      this.#viewer.source = this.#model.source
      this.progress = undefined
    } catch (error) {
      if (signal.aborted || isAbort(error)) return
      this.failure = messageOf(error)
      this.progress = undefined
    }
  }

  async #weights({ weights }: Contents): Promise<WeightsBytes> {
    if (this.chosen === OWN && this.own !== undefined) return this.own
    const found = weights.find(({ name }) => name === this.chosen)
    if (found === undefined) throw new Error('this page carries no weights; open a file of your own')
    return { name: found.name, bytes: await carriedBytes(found.url) }
  }

  /** The viewer shows something, perhaps a trace that was opened in it. */
  #loaded({ detail }: CustomEvent<{ readonly source: Source }>): void {
    this.recorded = !detail.source.live
    if (detail.source === this.#model.source) return
    this.#giveUp()
    this.#model.close()
  }

  #choose(sample: Sample): void {
    this.sample = sample
    this.#run()
  }

  #chooseKind(kind: Sample['kind']): void {
    const best = this.contents && weightsFor(kind, this.contents)
    // A model of the same kind of images stays, and one's own does.
    const present = this.contents?.weights.find(({ name }) => name === this.chosen)
    if (best !== undefined && present !== undefined && present.dataset !== best.dataset) this.chosen = best.name
    this.#choose({ kind, index: 0 })
  }

  protected override render(): TemplateResult {
    return html`
      ${this.webgpu?.usable === false ? this.#withoutWebGpu(this.webgpu.reason) : nothing}
      <form class="card" aria-label="What to look at" @submit=${(event: Event) => event.preventDefault()}>
        ${this.#fields()}
        <div class="actions">
          ${fileButton('Own weights…', '.safetensors,.pth,.pt,.ckpt,.h5,.keras,.mat', ([file]) => file && this.#openWeights(file))}
          ${fileButton('Open a trace…', '.safetensors', ([file]) => file && this.#openTraceFile(file))}
          ${this.recorded && this.webgpu?.usable ? html`<button type="button" class="main" @click=${this.#run}>Run the model live</button>` : nothing}
        </div>
        <p class="muted last">
          Noise, its strength, and images of your own are chosen in the viewer below. Nothing leaves this page.
        </p>
      </form>
      ${this.failure === undefined ? nothing : failureView(this.failure)}
      ${this.foreign === undefined ? nothing : foreignTraceView(this.foreign, (isWanted) => this.#answer(isWanted))}
      ${this.progress === undefined ? nothing : progressView(this.progress.text, this.progress.share)}
      <activation-viewer linked @load=${this.#loaded}></activation-viewer>
      ${
        this.webgpu?.usable && this.webgpu.canTime && !this.recorded
          ? html`<kernel-times
            of="denoising an image with ${this.chosen === OWN ? 'these weights' : this.chosen}"
            .measure=${() => this.#model.profile(this.#work.signal)}
            ?disabled=${this.#model.source === undefined || this.progress !== undefined}
          ></kernel-times>`
          : nothing
      }
    `
  }

  #fields(): TemplateResult {
    const { contents, sample } = this
    const disabled = contents === undefined || this.webgpu?.usable !== true
    const count = contents === undefined ? 1 : countOf(sample.kind, contents)
    const kinds = sampleKinds.map((value) => ({ value, text: sampleTexts[value] }))
    return html`<div class="fields">
      ${selectField({ label: 'Image', disabled }, kinds, sample.kind, (kind) => this.#chooseKind(kind))}
      ${
        count === 1
          ? nothing
          : numberField(
              { label: `No., to ${count - 1}`, disabled, least: 0, most: count - 1, step: 1 },
              sample.index,
              (index) => this.#choose({ ...sample, index }),
            )
      }
      ${selectField({ label: 'Model', disabled, wide: true }, this.#models(contents), this.chosen, (name) => {
        this.chosen = name
        this.#run()
      })}
    </div>`
  }

  #models(contents: Contents | undefined) {
    const carried = contents?.weights.map((weights) => ({ value: weights.name, text: modelText(weights) })) ?? []
    return this.own === undefined ? carried : [...carried, { value: OWN, text: this.own.name }]
  }

  async #openWeights(file: File): Promise<void> {
    this.useWeights({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
  }

  async #openTraceFile(file: File): Promise<void> {
    this.openTrace(new Uint8Array(await file.arrayBuffer()), file.name)
  }

  #withoutWebGpu(reason: string): TemplateResult {
    return html`<div class="message" role="status">
      <p>
        <strong>${reason}</strong> Models cannot run here. Recorded traces can still be looked at: an example is open below, and one
        of your own can be opened or dropped on the page. Recent versions of Chrome, Edge, Firefox and Safari have WebGPU.
      </p>
    </div>`
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .last {
        margin: 0.75rem 0 0;
      }
    `,
  ]
}

const modelText = ({ model, dataset, noiseText }: CarriedWeights): string => `${model} · ${dataset} · ${noiseText}`
