import type { StoredTensor } from '@noisescope/nn'

/** Options by name, as they were given: values that JSON can hold. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Something measured; null where it has no finite value. */
export type Measured = number | null

/** Least and largest finite value; null where there is none. */
export type ValueRange = readonly [min: number, max: number] | null

/**
 * All that a viewer needs to show how a denoiser treated one image. A trace that was read decodes a tensor's `data` when it
 * is asked for, and again once nobody has kept it: take `data` once and then work on it.
 */
export interface Trace {
  /** Program and version that made it. */
  readonly createdBy: string
  /** When, if it should say; ISO 8601. */
  readonly date?: string
  readonly source: TraceSource
  readonly model: TraceModel
  readonly images: TraceImages
  /** Usually one; several show the same image during training, in order. */
  readonly frames: readonly [TraceFrame, ...TraceFrame[]]
  readonly training?: TrainingHistory
}

/** The image and what was done to it before the denoiser had it. */
export interface TraceSource {
  /** Name of the image. */
  readonly name: string
  /** Absent when the image came noisy. */
  readonly noise?: {
    /** The noise's kind and parameters, such as a `Noise` of @noisescope/noise. */
    readonly settings: JsonObject
    /** The same in words. */
    readonly text: string
  }
  /** Standard deviation that the model was told, on the 0..1 scale. */
  readonly sigma?: number
  readonly seed?: number
}

/** What all frames share; each [c, h, w] of the same size, on 0..1. */
export interface TraceImages {
  readonly noisy: StoredTensor
  readonly clean?: StoredTensor
  /** noisy - clean */
  readonly noise?: StoredTensor
}

export interface TraceModel {
  readonly name: string
  readonly options: JsonObject
  /** What the network returns: the clean image, or the noise that is to be subtracted. */
  readonly output: ModelOutput
  /** Number of parameters, the sum over the layers. */
  readonly parameters: number
  /** In the order in which they run. */
  readonly layers: readonly TraceLayer[]
}

export interface TraceLayer {
  /** Any text but 'input', which maps have for the model's input. */
  readonly name: string
  readonly kind: string
  /** Of its output for this image: [c, h, w]. */
  readonly shape: readonly number[]
  /** Number of parameters. */
  readonly parameters: number
}

/** What one state of the model made of the image. */
export interface TraceFrame {
  readonly label?: string
  /** Training step after which this was the model. */
  readonly step?: number
  readonly denoised?: StoredTensor
  /** noisy - denoised: what was removed. */
  readonly residual?: StoredTensor
  /** denoised - clean */
  readonly error?: StoredTensor
  readonly activations: readonly TraceActivation[]
  readonly explanations: readonly TraceExplanation[]
  readonly scores: readonly TraceScore[]
}

/** What a layer puts out: [c, h, w], the layer's shape. */
export interface TraceActivation extends StoredTensor {
  /** Name of the layer. */
  readonly layer: string
  readonly range: ValueRange
  /** Channels that never leave zero, ascending; over how many images is the writer's to say. */
  readonly dead: readonly number[]
  /** Largest difference of a value from what the layer put out, where it was stored in eight bits. */
  readonly error?: number
}

/** One explanation of one target: its maps and its numbers. */
export interface TraceExplanation {
  readonly method: string
  /** The method's name for people. */
  readonly title: string
  readonly options: JsonObject
  readonly target: TraceTarget
  /** The target's value for the noisy image. */
  readonly value?: Measured
  readonly maps: readonly TraceMap[]
  readonly completeness?: TraceCompleteness
  /** Further numbers, such as the row sum of a pixel filter. */
  readonly values: Readonly<Record<string, Measured>>
}

/** The scalar that is explained. */
export type TraceTarget = OutputTarget | ChannelTarget

/** A scalar of the output image. */
export interface OutputTarget extends TargetDescription {
  readonly kind: OutputTargetKind
  readonly of: TargetImage
}

/** A scalar of an activation. */
export interface ChannelTarget extends TargetDescription {
  readonly kind: 'channel'
  /** Name of the layer. */
  readonly of: string
}

interface TargetDescription {
  /** The target in words. */
  readonly text: string
  /** What it was given: a pixel's x and y, a channel, the sides of a rectangle. */
  readonly numbers: Readonly<Record<string, number>>
  /** Regions that it was given, as weights of the pixels. */
  readonly masks?: readonly TraceMask[]
}

/** Weight of each pixel in a target: [h, w], as the image. */
export interface TraceMask extends StoredTensor {
  readonly name: string
}

/** Whether a map, [h, w] or [c, h, w], can be drawn as data, and how. */
export interface TraceMap extends StoredTensor {
  /** Name of the layer, or 'input'. */
  readonly name: string
  /** Tells maps of the same name apart. */
  readonly title?: string
  readonly signed: boolean
  readonly units: string
  readonly range: ValueRange
  readonly status: MapStatus
}

/** How far the sum of an explanation's parts, the actual, misses the whole, the expected. */
export interface TraceCompleteness {
  readonly expected: Measured
  readonly actual: Measured
  /** actual - expected */
  readonly gap: Measured
  /** |gap| / |expected| */
  readonly relative: Measured
}

export interface TraceScore {
  readonly name: string
  readonly value: Measured
  readonly interval?: readonly [low: number, high: number]
  readonly units?: string
  readonly note?: string
}

export interface TrainingHistory {
  /** Ascending. */
  readonly steps: readonly number[]
  /** Loss at each of the steps, or its mean over the steps since the one before. */
  readonly loss: readonly Measured[]
  readonly validation?: {
    readonly steps: readonly number[]
    readonly values: readonly Measured[]
  }
}

export const modelOutputs = ['clean', 'residual'] as const
export type ModelOutput = (typeof modelOutputs)[number]

export const outputTargetKinds = ['pixel', 'region', 'contrast', 'residual', 'error', 'detail'] as const
export type OutputTargetKind = (typeof outputTargetKinds)[number]

export const targetImages = ['denoised', 'residual'] as const
export type TargetImage = (typeof targetImages)[number]

/** A map that is flat, not finite or saturated is said in words, not drawn as if it were data. */
export const mapStatuses = ['ok', 'flat', 'not-finite', 'saturated'] as const
export type MapStatus = (typeof mapStatuses)[number]
