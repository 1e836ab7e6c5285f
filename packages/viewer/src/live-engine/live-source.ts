import type { DeviceLostError, Profile } from '@noisescope/core'
import { explainerOf } from '@noisescope/explain'
import type { Trace, TraceExplanation } from '@noisescope/explain/trace'
import { usualLayers } from '@noisescope/models'
import type { LiveControls, Method, NoiseSettings, Question, Source } from '../sources/source.ts'
import { checkDesiredState, type DesiredState } from './desired-state.ts'
import type { Engine } from './engine.ts'
import { type LiveImage, preparedImage } from './live-image.ts'
import { type Answer, answerOf, liveTrace, withAnswers } from './live-trace.ts'
import { methodsFor } from './methods.ts'
import { questionKey, targetOf } from './questions.ts'
import { Turns } from './serial-queue.ts'
import { brushed, checkBrush, plainNoise, type ShownImage, type Stroke, withNoise } from './shown-image.ts'
import { timedPass } from './timed-pass.ts'

/** Explanations that are kept for one image; what was asked for longest ago goes first. */
const KEPT_EXPLANATIONS = 32

/** How far work is, for people. */
export interface Stage {
  readonly text: string
  readonly done: number
  readonly total: number
}

/**
 * A model that runs in the page: denoises, and explains what it is asked about.
 *
 * Every change (noise, brush, image, level) gives up what is under way, which then rejects with an `AbortError`: the latest wins.
 * A change that was given up after it was accepted counts all the same; strokes of a brush add up. Requests run one after another,
 * in the order in which they came.
 *
 * When the device is lost, what is under way rejects with `DeviceLostError`, and `error` is fired; the next request, or `recover`,
 * opens it again with the same weights, image and noise.
 */
export class LiveSource extends EventTarget implements Source {
  readonly live = true
  readonly controls: LiveControls = this.#makeControls()
  readonly #engine: Engine
  readonly #onProgress: (stage: Stage) => void
  readonly #turns = new Turns()
  readonly #life = new AbortController()
  #change = new AbortController()
  #wanted: DesiredState
  /** Strokes that are not on the shown image yet. */
  #strokes: Stroke[] = []
  /** The noisy input image; undefined when it must be recomputed. */
  #shown: ShownImage | undefined
  /** What the model made of it. */
  #unexplained: Trace | undefined
  #trace: Trace | undefined
  /** The trace shows what is wanted. */
  #fresh = false
  /** Answers about the shown image, by their questions. */
  readonly #answers = new Map<string, Answer>()

  /** `recover` makes its first trace. @throws InputError when image, noise or level are not usable. */
  constructor(engine: Engine, wanted: DesiredState, onProgress: (stage: Stage) => void) {
    super()
    this.#engine = engine
    this.#wanted = checkDesiredState(wanted)
    this.#onProgress = onProgress
  }

  get trace(): Trace {
    if (this.#trace === undefined)
      throw new Error('a live source has no trace before it was recovered for the first time')
    return this.#trace
  }

  get methods(): readonly Method[] {
    return methodsFor({ hasClean: this.#trace?.images.clean !== undefined })
  }

  /**
   * Computes an explanation, or gives it again; it is in the trace from then on.
   * @throws InputError when the target is not in the image or network, or the method cannot explain it; DeviceLostError; the
   *   signal's reason.
   */
  async explain(question: Question, signal: AbortSignal): Promise<TraceExplanation> {
    const explainer = explainerOf(question.method)
    const target = targetOf(question, this.#wanted.prepared.part)
    const key = questionKey(explainer.name, target)
    return this.#inTurn(signal, async (given) => {
      if (!this.#fresh) await this.#refresh(given)
      const known = this.#answers.get(key)
      if (known !== undefined) return known.explanation
      const { noisy = new Float32Array(), clean } = this.#shown ?? {}
      const session = await this.#engine.session(this.#wanted.prepared.part, `${explainer.name} of ${target.form}`)
      const subject = { noisy, clean, sigma: this.trace.source.sigma, target }
      const [found] = await session.explain(subject, [explainer], {
        layers: usualLayers(session.model),
        signal: given,
        onProgress: ({ done, total }) => this.#onProgress({ text: explainer.title, done, total }),
      })
      given.throwIfAborted()
      if (found === undefined) throw new Error(`${explainer.name} gave no explanation`)
      const answer = answerOf(session, subject, found)
      this.#keep(key, answer)
      return answer.explanation
    })
  }

  /** Opens the device again if it was lost, and shows what is wanted if the trace does not. @throws AdapterError; as changes. */
  recover(signal: AbortSignal): Promise<void> {
    return this.#inTurn(signal, async (given) => {
      await this.#engine.ready()
      if (!this.#fresh) await this.#refresh(given)
    })
  }

  /** Where the time goes when the shown image is denoised. @throws AdapterError; DeviceLostError; the signal's reason. */
  profile(signal: AbortSignal): Promise<Profile> {
    return this.#inTurn(signal, async (given) => {
      if (!this.#fresh || this.#shown === undefined) await this.#refresh(given)
      const { prepared, noise, seed, sigma } = this.#wanted
      return timedPass(this.#engine, this.#shown ?? withNoise(prepared, noise, seed), sigma)
    })
  }

  /** Gives up what is under way, and frees the device if nobody else uses it. */
  dispose(): void {
    if (this.#life.signal.aborted) return
    this.#life.abort(new DOMException('the live source was disposed', 'AbortError'))
    this.#turns.idle().then(() => this.#engine[Symbol.dispose]())
  }

  #makeControls(): LiveControls {
    const noiseOf = (): NoiseSettings => {
      const { noise, seed } = this.#wanted
      return { ...(noise ?? NOTHING_ADDED), seed }
    }
    const takesSigma = (): boolean => this.#engine.stored.model.takesSigma === true
    return {
      get takesSigma() {
        return takesSigma()
      },
      get noise() {
        return noiseOf()
      },
      setNoise: (settings, signal) =>
        this.#changed(signal, () => {
          const { seed = this.#wanted.seed } = settings
          this.#want({ noise: plainNoise(settings), seed }, { anew: true })
        }),
      brushNoise: (mask, settings, signal) =>
        this.#changed(signal, () => {
          const { seed = this.#wanted.seed } = settings
          checkBrush(mask, this.#wanted.prepared.part)
          this.#strokes.push({ mask: mask.slice(), noise: plainNoise(settings), seed })
        }),
      setImage: (image: LiveImage, signal) =>
        this.#changed(signal, () =>
          this.#want({ prepared: preparedImage(image, this.#engine.stored) }, { anew: true }),
        ),
      setSigma: (sigma, signal) => this.#changed(signal, () => this.#want({ sigma }, { anew: false })),
    }
  }

  #want(some: Partial<DesiredState>, { anew }: { readonly anew: boolean }): void {
    this.#wanted = checkDesiredState({ ...this.#wanted, ...some })
    if (!anew) return
    this.#shown = undefined
    this.#strokes = []
  }

  /** Changes what is wanted, gives up what is under way, and shows it. */
  async #changed(signal: AbortSignal, change: () => void): Promise<void> {
    this.#life.signal.throwIfAborted()
    signal.throwIfAborted()
    change()
    this.#fresh = false
    this.#change.abort(new DOMException('a later change came', 'AbortError'))
    this.#change = new AbortController()
    await this.#inTurn(signal, (given) => this.#refresh(given))
  }

  /** @param work is given the signal that says when it is not wanted any more, for whatever reason. */
  #inTurn<Result>(signal: AbortSignal, work: (given: AbortSignal) => Promise<Result>): Promise<Result> {
    const given = AbortSignal.any([signal, this.#change.signal, this.#life.signal])
    return this.#turns.take(given, () => work(given))
  }

  async #refresh(given: AbortSignal): Promise<void> {
    const { prepared, noise, seed, sigma } = this.#wanted
    let shown = this.#shown ?? withNoise(prepared, noise, seed)
    for (const stroke of this.#strokes.splice(0)) shown = brushed(shown, stroke)
    this.#shown = shown
    const trace = await liveTrace(this.#engine, shown, sigma)
    given.throwIfAborted()
    this.#answers.clear()
    this.#unexplained = trace
    this.#fresh = true
    this.#show(trace)
  }

  #keep(key: string, answer: Answer): void {
    this.#answers.set(key, answer)
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= KEPT_EXPLANATIONS) break
      this.#answers.delete(oldest)
    }
    this.#show(withAnswers(this.#unexplained ?? this.trace, [...this.#answers.values()]))
  }

  #show(trace: Trace): void {
    this.#trace = trace
    this.dispatchEvent(new Event('change'))
  }

  /** Called by the engine when its device is lost. */
  lost(error: DeviceLostError): void {
    this.dispatchEvent(new CustomEvent('error', { detail: error }))
  }
}

/** What settings say of an image that came with its own noise. */
const NOTHING_ADDED = { kind: 'gaussian', sd: 0 } as const
