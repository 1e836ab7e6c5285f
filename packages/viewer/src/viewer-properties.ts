import { LitElement, type PropertyValues } from 'lit'
import type { ChannelOrder, ImageName, RangeScope } from './analysis/index.ts'
import { type ActivationViewerEvents, type Cause, eventOf, type SettingName } from './events.ts'
import type { NoiseSettings, Source } from './sources/source.ts'
import {
  type Arrangement,
  defaultState,
  settled,
  sizeOf,
  stateFrom,
  stateNames,
  stateText,
  type TargetImage,
  type ViewerState,
} from './state.ts'
import { parseTarget, type Size, type TargetChoice } from './target-text.ts'
import type { OwnTexts } from './texts.ts'

const reflectedText = { useDefault: true, reflect: true } as const
const reflectedNumber = { type: Number, useDefault: true, reflect: true } as const

/** The properties of `<activation-viewer>`: what is opened, and the small state of what is shown of it. */
export class ViewerProperties extends LitElement {
  static override properties = {
    src: {},
    weights: {},
    image: {},
    model: {},
    noise: {},
    sigma: { type: Number },
    seed: { type: Number },
    compareSrc: { attribute: 'compare-src' },
    compareWeights: { attribute: 'compare-weights' },
    compareModel: { attribute: 'compare-model' },
    compareNoise: { attribute: 'compare-noise' },
    linked: { type: Boolean },
    source: { attribute: false },
    compare: { attribute: false },
    texts: { attribute: false },
    frame: reflectedNumber,
    arrangement: reflectedText,
    first: reflectedText,
    second: reflectedText,
    divider: reflectedNumber,
    base: reflectedText,
    opacity: reflectedNumber,
    layer: reflectedText,
    channel: reflectedNumber,
    sort: reflectedText,
    range: reflectedText,
    method: reflectedText,
    map: reflectedText,
    target: reflectedText,
    of: reflectedText,
  }

  /** Address of a recorded trace. */
  declare src: string | undefined
  /** Address of a model's weights, for live use with `image`. */
  declare weights: string | undefined
  /** Address of an image, for live use with `weights`. */
  declare image: string | undefined
  /** Name of the live model; as its weights say if not given. */
  declare model: string | undefined
  /** Noise that is added for live use: a kind, or kind and strength, such as `salt-and-pepper:0.1`. */
  declare noise: string | NoiseSettings | undefined
  /** Standard deviation on 0..255: of Gaussian noise without a strength of its own, and the level that a model is told. */
  declare sigma: number | undefined
  /** Seed of the noise. */
  declare seed: number | undefined
  /** Address of a second trace, shown in step with the first. */
  declare compareSrc: string | undefined
  /** Address of the weights of a second live model, for the same image. */
  declare compareWeights: string | undefined
  /** Name of the second live model. */
  declare compareModel: string | undefined
  /** Noise of a second live image, for the same or the second model. */
  declare compareNoise: string | undefined
  /** Whether the first state is taken from the page's address, as `link()` writes it. */
  declare linked: boolean
  /** Where the data comes from: what the attributes open, or one of your own. */
  declare source: Source | undefined
  /** A second source, shown in step with the first: what the attributes open, or one of your own. */
  declare compare: Source | undefined
  /** Words that replace the English ones, such as those of another language. */
  declare texts: OwnTexts | undefined
  /** Which state of a training is shown, from 0. */
  declare frame: number
  /** How the images are arranged: `side-by-side` or `slider`. */
  declare arrangement: Arrangement
  /** The image before the comparison slider. */
  declare first: ImageName
  /** The image behind the comparison slider. */
  declare second: ImageName
  /** Share of the width before the comparison slider, 0 to 1. */
  declare divider: number
  /** The image under the map: `clean`, `noisy`, `denoised`, `residual`, `noise` or `error`. */
  declare base: ImageName
  /** Opacity of the map, 0 to 1. */
  declare opacity: number
  /** Name of the chosen layer. */
  declare layer: string
  /** Number of the chosen channel, from 0. */
  declare channel: number
  /** Order of the channels: `number`, `most-energy` or `least-energy`. */
  declare sort: ChannelOrder
  /** What the colours of layers and maps span: `local`, `layer` or `network`. */
  declare range: RangeScope
  /** Name of the method that explains. */
  declare method: string
  /** Which of the explanation's maps is shown: a layer's name or `input`, with the map's title behind a stroke if it has one. */
  declare map: string
  /** What is explained: `pixel:X,Y`, `region:X,Y,WIDTH,HEIGHT` or `channel:LAYER,NUMBER[,X,Y]`. */
  declare target: string
  /** The image that pixels and regions are of: `denoised` or `residual`. */
  declare of: TargetImage

  /** Size of the images. */
  protected size: Size = { width: 1, height: 1 }
  /** What is explained. */
  protected choice: TargetChoice | undefined
  /** Who is changing the state now. */
  protected cause: Cause = 'program'

  constructor() {
    super()
    Object.assign(this, defaultState)
    this.linked = false
  }

  /** What is shown, as values that JSON can hold; given a part, the rest stays as it is. */
  get state(): ViewerState {
    return Object.fromEntries(stateNames.map((name) => [name, this[name]])) as unknown as ViewerState
  }

  set state(state: Partial<ViewerState>) {
    Object.assign(this, stateFrom(state))
  }

  /** The page's address with the state in it; an element that is `linked` shows it again. */
  link(): string {
    const url = new URL(location.href)
    url.hash = stateText(this.state)
    return url.href
  }

  protected emit<Name extends keyof ActivationViewerEvents>(
    name: Name,
    detail: ActivationViewerEvents[Name]['detail'],
  ): void {
    this.dispatchEvent(eventOf(name, detail))
  }

  /** Fires `input` while the user drags a setting, `change` when it is set. */
  protected settingMoved(name: SettingName, value: number | string, moving: boolean): void {
    this.emit(moving ? 'input' : 'change', { name, value, cause: 'user' })
  }

  /** Changes the state on behalf of the user. */
  protected changeByUser(patch: Partial<ViewerState>): void {
    this.cause = 'user'
    Object.assign(this, patch)
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { source } = this
    const concerned = changed.has('source') || stateNames.some((name) => changed.has(name))
    if (source !== undefined && concerned) this.normalizeState()
  }

  /** Makes the state fit what there is to see. */
  protected normalizeState(): void {
    const { source } = this
    if (source === undefined) return
    Object.assign(this, settled(this.state, source.trace, source.methods))
    this.size = sizeOf(source.trace)
    this.choice = parseTarget(this.target, this.size)
  }

  protected override updated(changed: PropertyValues): void {
    const cause = this.cause
    this.cause = 'program'
    const { layer, channel, target, of } = this
    if (changed.has('layer') || changed.has('channel')) this.emit('layer-change', { layer, channel, cause })
    if (changed.has('target') || changed.has('of')) this.emit('target-change', { target, of, cause })
  }
}
