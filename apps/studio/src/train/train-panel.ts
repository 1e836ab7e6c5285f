import '@noisescope/viewer'
import type { Trace } from '@noisescope/explain/trace'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Contents } from '../carried/contents.ts'
import '../parts/kernel-times.ts'
import { failureView, isAbort, messageOf } from '../parts/messages.ts'
import { saveFile } from '../parts/save-file.ts'
import { shared } from '../parts/styles.ts'
import type { WebGpu } from '../webgpu.ts'
import { advanceStyles, advanceView, type Compiling } from './advance-view.ts'
import { GrowingSource } from './growing-source.ts'
import { lessons, stepsOf, type TrainingSettings, usualSettings } from './lessons.ts'
import { chartStyles, lossChart, lossTable } from './loss-chart.ts'
import { formStyles, settingsFields } from './settings-fields.ts'
import type { Advance, Trainer } from './trainer.ts'

type Phase = 'new' | 'preparing' | 'running' | 'stopping' | 'stopped' | 'ended'

/** Trains a small denoiser in the page, with its losses and what its layers put out as it learns. */
export class TrainPanel extends LitElement {
  static override properties = {
    contents: { attribute: false },
    webgpu: { attribute: false },
    shown: { type: Boolean },
    settings: { state: true },
    lookEvery: { state: true },
    phase: { state: true },
    said: { state: true },
    failure: { state: true },
    compiled: { state: true },
    advance: { state: true },
    source: { state: true },
    listing: { state: true },
  }
  declare contents: Contents | undefined
  declare webgpu: WebGpu | undefined
  declare shown: boolean
  declare settings: TrainingSettings
  /** Steps after which the network is looked at. */
  declare lookEvery: number
  declare phase: Phase
  /** What is told of the training: not each step, so that it can be listened to. */
  declare said: string
  declare failure: string | undefined
  /** How many of the kernels are there. */
  declare compiled: Compiling | undefined
  declare advance: Advance | undefined
  declare source: GrowingSource | undefined
  /** Whether the table of losses is open. */
  declare listing: boolean
  #trainer: Trainer | undefined
  #stop = new AbortController()

  constructor() {
    super()
    this.shown = false
    this.settings = usualSettings('fashion-mnist')
    this.lookEvery = 10
    this.phase = 'new'
    this.said = ''
    this.listing = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop.abort()
  }

  /** Trains, from the start or from where it was stopped. */
  async #run(): Promise<void> {
    const { contents } = this
    if (contents === undefined) return
    this.#stop = new AbortController()
    const { signal } = this.#stop
    this.failure = undefined
    this.phase = 'preparing'
    if (this.#trainer === undefined) this.said = 'Preparing the images'
    try {
      this.#trainer ??= await this.#prepare(contents, signal)
      this.phase = 'running'
      this.said = 'Opening the graphics device and compiling'
      const reason = await this.#trainer.run(
        {
          tuned: (done, total) => {
            this.said = `Timing algorithms: ${done + 1} of ${total} operations`
          },
          compiled: (done, total) => {
            this.compiled = { done, total }
            if (done === total) this.said = 'Training'
          },
          advanced: (advance) => {
            this.advance = advance
          },
          epoch: (epoch, meanLoss, heldOut) => {
            this.said = `Epoch ${epoch}: mean loss ${meanLoss.toFixed(4)}${heldOut === undefined ? '' : `, on held-out images ${heldOut.toFixed(4)}`}`
          },
          looked: (trace) => this.#looked(trace),
        },
        signal,
      )
      this.phase = reason === 'stopped' ? 'stopped' : 'ended'
      const steps = `${this.#trainer.losses.length} steps`
      this.said = reason === 'stopped' ? `Stopped after ${steps}` : `Trained: ${steps}`
    } catch (error) {
      this.phase = this.#trainer === undefined ? 'new' : 'stopped'
      this.said = ''
      if (!isAbort(error)) this.failure = messageOf(error)
    }
  }

  async #prepare(contents: Contents, signal: AbortSignal): Promise<Trainer> {
    const [{ prepareTask }, { Trainer }] = await Promise.all([import('./prepare-task.ts'), import('./trainer.ts')])
    return new Trainer(await prepareTask(this.settings, contents, signal), this.lookEvery)
  }

  #looked(trace: Trace): void {
    const last = trace.frames.length - 1
    const viewer = this.renderRoot.querySelector('activation-viewer')
    // Who looks at an earlier state goes on looking at it.
    const atNewest = viewer === null || this.source === undefined || viewer.frame >= this.source.trace.frames.length - 1
    if (this.source === undefined) this.source = new GrowingSource(trace)
    else this.source.trace = trace
    if (viewer !== null && atNewest) viewer.frame = last
  }

  #startOver(): void {
    this.#trainer?.[Symbol.dispose]()
    this.#trainer = undefined
    this.compiled = undefined
    this.advance = undefined
    this.source = undefined
    this.failure = undefined
    this.said = ''
    this.phase = 'new'
  }

  #halt(): void {
    this.phase = 'stopping'
    this.#stop.abort(new DOMException('stopped', 'AbortError'))
  }

  async #saveWeights(): Promise<void> {
    try {
      const bytes = await this.#trainer?.weights()
      if (bytes !== undefined) saveFile(bytes, `${this.#name}.safetensors`)
    } catch (error) {
      this.failure = messageOf(error)
    }
  }

  #saveHistory(): void {
    const history = JSON.stringify(this.#trainer?.history(), undefined, 2)
    saveFile(`${history}\n`, `${this.#name}-history.json`)
  }

  get #name(): string {
    const { lesson, noise, seed } = this.settings
    return `${lessons[lesson].model}-${lesson}-${noise.kind}-${seed}`
  }

  protected override render(): TemplateResult {
    return html`
      <h2>Train a denoiser in this page</h2>
      ${
        this.webgpu?.usable === false
          ? html`<div class="message" role="status">
            <p><strong>${this.webgpu.reason}</strong> Nothing can be trained here.</p>
          </div>`
          : nothing
      }
      <form class="card" aria-label="Training" @submit=${this.#submitted}>
        ${settingsFields({
          settings: this.settings,
          lookEvery: this.lookEvery,
          disabled: this.phase !== 'new',
          onSettings: (settings) => {
            this.settings = settings
          },
          onLookEvery: (every) => {
            this.lookEvery = every
          },
        })}
        ${this.#buttons()}
      </form>
      ${this.failure === undefined ? nothing : failureView(this.failure)}
      <p class="said" role="status">${this.said}</p>
      ${this.phase === 'new' ? nothing : advanceView(this)} ${this.#results()}
    `
  }

  readonly #submitted = (event: Event): void => {
    event.preventDefault()
    if (this.phase === 'new' || this.phase === 'stopped') this.#run()
  }

  #buttons(): TemplateResult {
    const { phase } = this
    const usable = this.webgpu?.usable === true && this.contents !== undefined
    const resting = phase === 'stopped' || phase === 'ended'
    const done = resting && (this.#trainer?.losses.length ?? 0) > 0
    return html`<div class="actions">
      ${phase === 'new' ? html`<button class="main" ?disabled=${!usable}>Start</button>` : nothing}
      ${phase === 'stopped' ? html`<button class="main">Go on</button>` : nothing}
      ${
        phase === 'preparing' || phase === 'running' || phase === 'stopping'
          ? html`<button type="button" ?disabled=${phase === 'stopping'} @click=${this.#halt}>Stop</button>`
          : nothing
      }
      ${resting ? html`<button type="button" @click=${this.#startOver}>Start over</button>` : nothing}
      ${
        done
          ? html`<button type="button" @click=${this.#saveWeights}>Save weights (.safetensors)</button>
            <button type="button" @click=${this.#saveHistory}>Save history (.json)</button>`
          : nothing
      }
    </div>`
  }

  #results(): TemplateResult | typeof nothing {
    const trainer = this.#trainer
    if (trainer === undefined) return nothing
    const { losses, heldOut, stepsPerEpoch, task } = trainer
    return html`
      ${
        losses.length === 0
          ? nothing
          : html`<section class="card" aria-label="Losses">
            ${lossChart({ losses, heldOut, stepsPerEpoch, steps: stepsOf(task.settings) }, task.lossName)}
            <details @toggle=${(event: Event) => {
              this.listing = (event.target as HTMLDetailsElement).open
            }}>
              <summary>Every loss as a number</summary>
              ${this.listing ? lossTable(losses) : nothing}
            </details>
          </section>`
      }
      ${
        this.webgpu?.usable && this.webgpu.canTime
          ? html`<kernel-times
            of="a training step"
            .measure=${() => trainer.profile()}
            ?disabled=${this.phase !== 'running' || losses.length === 0}
          ></kernel-times>`
          : nothing
      }
      ${this.source === undefined ? nothing : html`<activation-viewer .source=${this.source}></activation-viewer>`}
    `
  }

  static override styles = [
    shared,
    formStyles,
    advanceStyles,
    chartStyles,
    css`
      :host {
        display: block;
      }
      .said {
        min-height: 1.5em;
        margin-block-end: 0.25rem;
      }
      details {
        margin-block-start: 0.75rem;
      }
    `,
  ]
}
