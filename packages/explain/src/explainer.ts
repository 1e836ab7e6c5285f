import type { Shape, Tensor } from '@noisescope/core'
import type { ExplanationMap } from './map.ts'
import type { Target } from './targets.ts'
import type { Size, TracedModel } from './traced-model.ts'

/** The graph of a model and its target at one image, in which explainers trace what they need. */
export interface TargetGraph extends TracedModel {
  /** T of the image: a scalar [1, 1, 1, 1]. */
  readonly target: Tensor
  /** The layers that are asked about, in their order. */
  readonly chosen: readonly ChosenLayer[]
  /** What the decomposition of T starts from: the noisy image, and the noise level where the model is told it. */
  readonly inputs: readonly Tensor[]
  /** dT / d tensor, for any tensors of the graph. */
  gradients(tensors: readonly Tensor[]): Tensor[]
}

/** A layer that an explanation is asked about. */
export interface ChosenLayer {
  readonly name: string
  /** A: what it puts out, [1, c, h, w]. */
  readonly activation: Tensor
  /** g = dT / dA. */
  readonly gradient: Tensor
}

/** An image of a batch, and what the target weighs there, where it differs from image to image. */
export interface Point {
  /** [c, h, w] */
  readonly image: Float32Array
  /** As `Target.weights` gives them. */
  readonly weights?: Float32Array
}

/** Images that replays run over, made when their batch comes, since all at once may be more than memory holds. */
export interface Points {
  readonly count: number
  at(index: number): Point
}

/** What an explainer is given besides what it traced: the image, and replays of the network at other images. */
export interface ExplainContext extends Size {
  readonly channels: number
  /** Names of the layers that are asked about, and shapes [1, c, h, w] of what they put out. */
  readonly layers: ReadonlyMap<string, Shape>
  /** y, [c, h, w]. */
  readonly noisy: Float32Array
  /** x, where it is known. @throws InputError naming the method when it is not. */
  clean(method: string): Float32Array
  readonly hasClean: boolean
  readonly sigma: number | undefined
  readonly target: Target
  /** What the target weighs, as `Target.weights` gives it for one image. */
  readonly weights: Float32Array
  /** The model at one symbolic image, of which shapes can be asked. */
  readonly symbolic: TracedModel
  /** T at the noisy image. */
  readonly value: number
  /** The gradient is swallowed by the network's end: see `MapStatus`. */
  readonly saturated: boolean
  /** T at each point. */
  values(points: Points): Promise<Float32Array>
  /** dT/dy [c, h, w] and T at each point, handed over in order as batches come. */
  gradients(points: Points, each: (gradient: Float32Array, value: number, index: number) => void): Promise<void>
  /**
   * The same, of the target with its constants held as they are at the noisy image, so that T is one function of the image:
   * what compares T, or its gradient, at different images asks this.
   */
  readonly held: ExplainContext
  /** f [c, h, w] at each point, handed over in order as batches come. */
  denoised(points: Points, each: (denoised: Float32Array, index: number) => void): Promise<void>
  /** How many of so many images one replay takes: a power of two. */
  batchFor(count: number): number
  /** Compiles a program of the explainer's own, once for each key, over this model. */
  readonly replay: Replay
  readonly signal: AbortSignal | undefined
}

/** Runs a traced function of images, compiled once for each key. */
export type Replay = (
  key: string,
  inputs: Readonly<Record<string, Shape>>,
  trace: (
    inputs: Readonly<Record<string, Tensor>>,
    graphOf: (noisy: Tensor) => TracedModel,
  ) => Readonly<Record<string, Tensor>>,
  values: Readonly<Record<string, Float32Array>>,
) => Promise<Record<string, Float32Array>>

/** How near a decomposition comes to what it decomposes. */
export interface Completeness {
  /** What is decomposed: T, or a difference of two T. */
  readonly expected: number
  /** The sum of the parts. */
  readonly actual: number
  /** actual - expected */
  readonly gap: number
  /** |gap| / |expected|; null where expected is 0. */
  readonly relative: number | null
}

/** Compares the sum of a decomposition's parts with what they should add up to. */
export const completenessOf = (expected: number, actual: number): Completeness => ({
  expected,
  actual,
  gap: actual - expected,
  relative: expected === 0 ? null : Math.abs((actual - expected) / expected),
})

/** What an explainer found out. */
export interface Findings {
  readonly maps: readonly ExplanationMap[]
  readonly completeness?: Completeness
  /** Further numbers by name, such as a pixel filter's row sum. */
  readonly values?: Readonly<Record<string, number>>
}

/** An explanation, with what was asked. */
export interface Explanation extends Findings {
  readonly method: string
  readonly title: string
  readonly options: Readonly<Record<string, unknown>>
  readonly target: Target
  /** T at the noisy image. */
  readonly value: number
}

/** A way to explain; a new one is one file. */
export interface Explainer {
  /** Name by which the command line and traces call it: 'layercam'. */
  readonly name: string
  /** The name as papers write it: 'LayerCAM'. */
  readonly title: string
  readonly options: Readonly<Record<string, unknown>>
  /**
   * The same method at a cost that does not depend on the network, where it has none itself: for what makes explanations again
   * and again, each to be compared with others made in the same way.
   */
  readonly atFixedCost?: Explainer
  /** What it computes at the noisy image; all explainers of one call are traced into one program. */
  trace?(graph: TargetGraph): Readonly<Record<string, Tensor>>
  /** Turns what was traced, and what replays give, into maps. */
  explain(context: ExplainContext, traced: Readonly<Record<string, Float32Array>>): Findings | Promise<Findings>
}
