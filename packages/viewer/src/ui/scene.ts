import type { Trace, TraceExplanation, TraceFrame } from '@noisescope/explain/trace'
import type { Pixel } from '../analysis/index.ts'
import type { SettingName } from '../events.ts'
import type { Failure } from '../failure.ts'
import type { ImagePointer } from '../images/image-pointer.ts'
import type { LiveControls, Method, NoiseKind, Source } from '../sources/source.ts'
import type { ViewerState } from '../state.ts'
import type { Size, TargetChoice } from '../target-text.ts'
import type { Texts } from '../texts.ts'
import type { ExtraViews } from './extra-views.ts'

/** What a press on an image does. */
export type Tool = 'pixel' | 'region' | 'noise'

/** The part of every image that is seen: how much it is enlarged, and its left and top as shares of the image. */
export interface Zoom {
  readonly factor: number
  readonly left: number
  readonly top: number
}

/** What a question brought. */
export interface Answer {
  /** Name of the method; empty when nothing could be asked. */
  readonly method: string
  /** Undefined while it is computed for the first time, and where none was recorded. */
  readonly explanation: TraceExplanation | undefined
  readonly pending: boolean
  readonly failure: Failure | undefined
}

/** One of the one or two things that are looked at in step. */
export interface Side {
  /** Empty for a single one. */
  readonly name: string
  readonly source: Source
  readonly trace: Trace
  readonly frame: TraceFrame
  /** Of the chosen method. */
  readonly answer: Answer
  /** With a map for each layer, of the same target: the answer itself, where it has them. */
  readonly layers: Answer
}

/** A channel that the pointer is on. */
export interface Hovered {
  readonly layer: string
  readonly channel: number
  readonly place: Pixel
}

/** Noise that is to be brushed, and how wide. */
export interface BrushSettings {
  /** Radius in pixels of the image. */
  readonly radius: number
  readonly kind: NoiseKind
  readonly strength: number
}

/** Everything that a view needs to draw itself. */
export interface Scene {
  readonly texts: Texts
  readonly state: ViewerState
  readonly sides: readonly [Side, ...Side[]]
  readonly size: Size
  readonly methods: readonly Method[]
  readonly target: TargetChoice | undefined
  /** The pixel under the pointer or the keyboard's cursor. */
  readonly pixel: Pixel | undefined
  readonly hovered: Hovered | undefined
  readonly zoom: Zoom
  readonly tool: Tool
  readonly brush: BrushSettings
  /** Where noise was brushed in the stroke that is being drawn. */
  readonly stroke: Float32Array | undefined
  readonly rightToLeft: boolean
  readonly pointer: ImagePointer
  /** A view that is loaded when it is first needed. */
  readonly extra: ExtraViews['need']
  /** Room for the channels of a layer, in CSS pixels. */
  readonly sheetWidth: number
  readonly controls: LiveControls | undefined
  readonly actions: Actions
}

/** How far a change has come: `moving` while it is dragged. */
export interface Moving {
  readonly name: SettingName
  readonly moving: boolean
}

/** User actions that views can trigger. */
export interface Actions {
  change(patch: Partial<ViewerState>, setting?: Moving): void
  choose(target: TargetChoice, setting?: Moving): void
  point(pixel: Pixel | undefined): void
  hover(channel: Hovered | undefined): void
  zoomTo(zoom: Zoom): void
  use(tool: Tool): void
  setBrush(brush: Partial<BrushSettings>, setting?: Moving): void
  /** Forgets the brushed region. */
  clear(): void
  /** A stroke of the brush, in pixels with fractions; `done` when it ends. */
  stroke(from: Pixel, to: Pixel, done: boolean): void
  save(what: 'png' | 'svg' | 'trace' | 'link'): void
}
