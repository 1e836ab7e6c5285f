import type { Trace, TraceExplanation } from '@noisescope/explain/trace'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { Panes } from './explanation/panes.ts'
import { wordsOf } from './explanation/target-field.ts'
import { Failure, failureOf, isAbort } from './failure.ts'
import { ImagePointer } from './images/image-pointer.ts'
import { LazyPainter } from './images/lazy-painter.ts'
import { LiveToolsLoader } from './live-controls/live-tools-loader.ts'
import { MeasuredWidth } from './network/measured-width.ts'
import { Files } from './sources/files.ts'
import { comparedAttributes, comparedOpenerOf, fileOpener, mainAttributes, openerOf } from './sources/open.ts'
import { RecordedSource } from './sources/recorded-source.ts'
import type { Question } from './sources/source.ts'
import { Sources } from './sources/sources.ts'
import { stateFromText } from './state.ts'
import { english, textsWith } from './texts.ts'
import { ExtraViews } from './ui/extra-views.ts'
import { Interaction } from './ui/interaction.ts'
import { failureView, type Progress, poster, progressView } from './ui/messages.ts'
import { page } from './ui/page.ts'
import type { Actions, Answer, Scene, Side } from './ui/scene.ts'
import { styles } from './ui/styles.ts'
import { ViewerProperties } from './viewer-properties.ts'

/**
 * Looks inside an image denoiser: which pixels it takes for noise, which for the object, and why.
 *
 * With `src` it draws a recorded trace, in any modern browser. With `weights` and `image` it runs a model live on WebGPU, whose
 * engine is loaded only then. A small state (which layer, channel, method, target, ...) is reflected to attributes, and `state`
 * and `link()` hold all of it.
 *
 * Keyboard: Tab goes from part to part. On the image arrows move the pixel cursor (with Shift by ten), Enter explains its pixel,
 * plus, minus and 0 zoom, Escape leaves. Arrows, Home and End go through layers and channels, Escape from the channels to their
 * layer. The wheel scrolls the page; with Ctrl or Meta it zooms, and a drag with Ctrl or Meta moves what is zoomed.
 *
 * Touch: a finger scrolls the page up and down, and picks the pixel where it is lifted; two zoom the image and move it.
 *
 * Before the element is defined its place can be kept free:
 * `activation-viewer:not(:defined) { display: block; min-block-size: 60rem; visibility: hidden }`
 *
 * @tagname activation-viewer
 *
 * @fires load - A source was opened, or replaced by another. Detail: `source`, and `cause`: `user` or `program`.
 * @fires progress - A file comes, or a step of opening or explaining is done. Detail: `text`, `done`, `total` (0 if not known).
 * @fires error - Something failed; the element says it in words, and goes on with what it has. Detail: `reason` (`fetch`,
 * `trace`, `no-webgpu`, `device-lost`, `input` or `internal`), `message`, `error`.
 * @fires layer-change - Another layer or channel is chosen. Detail: `layer`, `channel`, `cause`.
 * @fires target-change - Another target is explained. Detail: `target`, `of`, `cause`.
 * @fires input - A setting moves while it is dragged. Detail: `name` (`frame`, `opacity`, `divider`, `target`, `noise`, `sigma`,
 * `zoom` or `brush`), `value`, `cause`.
 * @fires change - A setting has been changed. Detail as that of `input`.
 *
 * @slot poster - Shown while nothing is open.
 * @slot progress - Shown while something is being opened.
 * @slot error - Shown when something failed; the message is in the `error` event.
 * @slot toolbar - Buttons of the page, at the end of the first line.
 *
 * @csspart base - Everything.
 * @csspart header - The first line: the image's name and the toolbar.
 * @csspart toolbar - The buttons of the first line.
 * @csspart training - The states of a training and their loss curve.
 * @csspart images - The images.
 * @csspart comparison - The images under the comparison slider.
 * @csspart divider - The comparison slider's handle.
 * @csspart explanation - What explains the target.
 * @csspart stage - The image with the map over it.
 * @csspart read-out - The numbers under the pointer.
 * @csspart colour-bar - Which colour stands for which value.
 * @csspart network - The layers.
 * @csspart channel - The chosen channel, large.
 * @csspart noise - The controls of live use.
 * @csspart camera - What the camera sees.
 * @csspart scores - How well noise and object are told apart.
 * @csspart poster - What is shown while nothing is open.
 * @csspart progress - How far opening or explaining is.
 * @csspart error - What failed.
 *
 * @cssproperty [--activation-viewer-background] - Behind the cards.
 * @cssproperty [--activation-viewer-surface] - Of the cards.
 * @cssproperty [--activation-viewer-text] - Of texts.
 * @cssproperty [--activation-viewer-quiet] - Of texts that matter less.
 * @cssproperty [--activation-viewer-line] - Of borders.
 * @cssproperty [--activation-viewer-accent] - Of what is chosen or focused.
 * @cssproperty [--activation-viewer-mark=#f08a00] - Of the target and the chosen channel.
 * @cssproperty [--activation-viewer-radius=10px] - Of the cards' corners.
 * @cssproperty [--activation-viewer-gap=16px] - Between the cards.
 * @cssproperty [--activation-viewer-font=system-ui, sans-serif] - Of all texts.
 */
export class ActivationViewer extends ViewerProperties {
  static override styles = styles

  #failure: Failure | undefined
  #progress: Progress | undefined
  #said = ''
  #moving = false
  #sides: readonly Side[] = []
  #texts = english
  readonly #width = new MeasuredWidth(this, () => this.renderRoot.querySelector('.layers'))
  readonly #pointer = new ImagePointer(() => this.#scene())
  readonly #extra = new ExtraViews({
    root: () => this.renderRoot as ShadowRoot,
    requestUpdate: () => this.requestUpdate(),
    fail: (error) => this.#fail(error),
  })
  readonly #answers = new Panes(this, (answer) => this.#answered(answer))
  readonly #sources = new Sources({
    isConnected: () => this.isConnected,
    opened: (which, source) => {
      this[which] = source
    },
    progressed: (progress) => this.#progressed(progress),
    failed: (error) => this.#fail(error),
    changed: () => {
      this.normalizeState()
      this.requestUpdate()
    },
  })
  readonly #live = new LiveToolsLoader(this, {
    controls: () => this.source?.controls,
    compared: () => {
      const { compare, compareNoise } = this
      return compare?.controls && { controls: compare.controls, ownNoise: compareNoise !== undefined }
    },
    settingMoved: (name, value, moving) => this.settingMoved(name, value, moving),
    fail: (error) => {
      // What was being explained was given up for the change.
      this.#answers.again()
      this.#fail(error)
    },
  })
  readonly #interaction = new Interaction({
    requestUpdate: () => this.requestUpdate(),
    size: () => this.size,
    patch: (patch, moving) => {
      this.#moving = moving
      this.changeByUser(patch)
    },
    settingMoved: (name, value, moving) => this.settingMoved(name, value, moving),
    brushed: (mask, brush) => this.#live.tools?.brushed(mask, brush),
  })
  readonly #files = new Files({
    requestUpdate: () => this.requestUpdate(),
    fail: (error) => this.#fail(error),
    texts: () => this.#texts,
    openTrace: (file, name) => {
      this.cause = 'user'
      this.#sources.open('source', fileOpener(file, name))
    },
    openImage: () => (this.source?.live ? this.#live.tools?.setImage : undefined),
  })
  readonly #actions: Actions = {
    ...this.#interaction.actions,
    save: (what) => {
      this.#save(what).then(
        (words) => this.#say(words),
        (error: unknown) => this.#fail(error),
      )
    },
  }

  constructor() {
    super()
    new LazyPainter(this)
  }

  /** What there is to see; set it to show a trace that the page has made itself. */
  get trace(): Trace | undefined {
    return this.source?.trace
  }

  set trace(trace: Trace | undefined) {
    this.source = trace === undefined ? undefined : new RecordedSource(trace)
  }

  /**
   * Explains a target, without changing what is shown.
   * @param question what is shown if not given, or in those parts that are not
   * @returns {Promise<TraceExplanation | undefined>} undefined where the trace does not hold it
   */
  async explain(
    question: Partial<Question> = {},
    signal = new AbortController().signal,
  ): Promise<TraceExplanation | undefined> {
    await this.updateComplete
    const { source, method, of, frame } = this
    const target = question.target ?? this.choice
    if (source === undefined || target === undefined) return undefined
    if (target.kind === 'recorded') return this.#sides[0]?.answer.explanation
    return source.explain({ method, of, frame, ...question, target }, signal)
  }

  /** What is shown as a figure, `image/png` or `image/svg+xml`. */
  async toBlob(type: 'image/png' | 'image/svg+xml' = 'image/png'): Promise<Blob> {
    await this.updateComplete
    const scene = this.#scene()
    if (scene === undefined) throw new Failure('input', 'there is nothing to draw yet: wait for the load event')
    const { figureFile } = await import('./saving/figure-file.ts')
    return figureFile(scene, type)
  }

  /** What is shown as a trace file: the one that was opened, or one of all that a live model has computed. */
  async toTrace(): Promise<Uint8Array> {
    const { source, trace } = this
    if (trace === undefined) throw new Failure('input', 'there is no trace yet: wait for the load event')
    if (source instanceof RecordedSource && source.bytes !== undefined) return source.bytes
    const { traceFile } = await import('./saving/trace-file.ts')
    return traceFile(trace)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.#sources.connected()) return
    this.#subscribe()
    this.#sources.open('source', openerOf(this, this.#texts))
    this.#sources.open('compare', comparedOpenerOf(this, this.#texts))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#sources.disconnected()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated && this.linked) this.state = stateFromText(location.hash.slice(1))
    if (changed.has('texts')) this.#texts = textsWith(english, this.texts ?? {})
    this.#openChanged(changed)
    this.#subscribe()
    if (this.source?.controls !== undefined) this.#live.need()
    if (changed.has('source') && this.source !== undefined) {
      this.#failure = undefined
      this.#said = this.#texts.loaded(this.source.trace.source.name)
    }
    super.willUpdate(changed)
    const shown = [this.source, this.compare].filter((source) => source !== undefined)
    this.#sides = this.source === undefined ? [] : this.#answers.of(shown, this.state, this.choice, this.#moving)
    const pending = this.#sides.some(({ answer, layers }) => answer.pending || layers.pending)
    if (!this.#sources.busy) this.#progress = pending ? (this.#progress ?? computing) : undefined
  }

  protected override updated(changed: PropertyValues): void {
    const { cause, source } = this
    super.updated(changed)
    if (changed.has('source') && source !== undefined) this.emit('load', { source, cause })
  }

  protected override render(): TemplateResult {
    const scene = this.#scene()
    const texts = this.#texts
    const files = this.#files
    const empty = this.#progress === undefined && this.#failure === undefined && scene === undefined
    return html`<div
      class="viewer"
      part="base"
      role="group"
      aria-label=${texts.viewer}
      @dragover=${files.dragged}
      @dragleave=${files.left}
      @drop=${files.dropped}
      @paste=${files.pasted}
      @input=${keepInside}
      @change=${keepInside}
    >
      ${this.#progress && progressView(texts, this.#progress, scene !== undefined)}
      ${this.#failure && failureView(texts, this.#failure, { retry: this.#retry, dismiss: scene && this.#dismiss })}
      ${empty ? poster(texts, files.open) : nothing} ${scene && page(scene, scene.controls && this.#live.tools?.card(scene, scene.controls))}
      ${files.dragging ? html`<p class="drop">${texts.dropHere}</p>` : nothing}
      <p class="hidden" role="status" aria-live="polite">${this.#said}</p>
    </div>`
  }

  #scene(): Scene | undefined {
    const [side, ...others] = this.#sides
    const { source } = this
    if (side === undefined || source === undefined) return undefined
    const { controls, methods } = source
    return {
      ...this.#interaction.shown,
      texts: this.#texts,
      state: this.state,
      sides: [side, ...others],
      size: this.size,
      methods,
      target: this.choice,
      rightToLeft: this.matches(':dir(rtl)'),
      pointer: this.#pointer,
      extra: this.#extra.need,
      sheetWidth: this.#width.width,
      controls,
      actions: this.#actions,
    }
  }

  #subscribe(): void {
    this.#sources.subscribe('source', this.source)
    this.#sources.subscribe('compare', this.compare)
  }

  /** Opens what attributes name that have changed; a live model that runs is only told of other noise and levels. */
  #openChanged(changed: PropertyValues): void {
    const any = (names: readonly string[]) => names.some((name) => changed.has(name))
    if (any(mainAttributes)) this.#sources.open('source', openerOf(this, this.#texts))
    else if (any(['noise', 'sigma', 'seed'])) this.#live.retune(this, changed.has('sigma'))
    // What is compared live is the same image, and without weights of its own the same model.
    const otherImage = this.compareSrc === undefined && any(mainAttributes)
    if (otherImage || any(comparedAttributes)) this.#sources.open('compare', comparedOpenerOf(this, this.#texts))
  }

  async #save(what: Parameters<Actions['save']>[0]): Promise<string> {
    const { save } = await import('./saving/save.ts')
    return save(what, this, this.#texts)
  }

  #progressed(progress: Progress | undefined): void {
    this.#progress = progress
    if (progress !== undefined) this.emit('progress', progress)
    this.requestUpdate()
  }

  /** Announces a result to screen readers. */
  #answered({ explanation, failure }: Answer): void {
    if (failure?.reason === 'device-lost') this.#fail(failure)
    // Any other is said where the answer would be.
    else if (failure !== undefined) this.#report(failure)
    const target = this.choice
    if (explanation === undefined || target === undefined || this.#moving) return
    const texts = this.#texts
    const [first] = Object.entries(explanation.values)
    const number = first === undefined ? '' : `, ${texts.values[first[0]] ?? first[0]} ${texts.shown(first[1])}`
    this.#say(`${explanation.title}: ${wordsOf({ texts }, target, this.of)}${number}`)
  }

  #fail(error: unknown): void {
    if (isAbort(error)) return
    this.#failure = failureOf(error)
    this.#report(this.#failure)
    this.requestUpdate()
  }

  #report(failure: Failure): void {
    const { reason, message } = failure
    this.emit('error', { reason, message, error: failure })
  }

  #say(words: string): void {
    this.#said = words
    this.requestUpdate()
  }

  readonly #dismiss = (): void => {
    this.#failure = undefined
    this.requestUpdate()
  }

  /** Tries again what failed: opens a lost device, or what could not be opened. */
  readonly #retry = (): void => {
    this.#dismiss()
    this.#sources.again()
    this.#answers.again()
    for (const source of [this.source, this.compare]) if (source?.recover) this.#live.tools?.recover(source)
  }
}

/** How far explaining is before it says more. */
const computing: Progress = { text: '', done: 0, total: 0 }

/** Settings are reported by the element's own events, not by those of its inputs. */
function keepInside(event: Event): void {
  event.stopPropagation()
}
