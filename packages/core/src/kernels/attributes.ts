import type { Shape } from '../shape.ts'

/** A pair of vertical and horizontal values, y before x. */
export type Pair = readonly [number, number]

/** Windows of a pooling. Each side is padded by less than the window's size, so that every window meets the image. */
export interface PoolAttributes {
  readonly size: Pair
  readonly stride: Pair
  readonly padding: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }
}

export interface PoolGradientAttributes extends PoolAttributes {
  /** Height and width of the image that was pooled. */
  readonly inputSize: Pair
}

export interface UpsampleAttributes {
  /** Whole factors. */
  readonly scale: Pair
}

export interface ResizeAttributes {
  /** Height and width of the result. */
  readonly size: Pair
  readonly alignCorners: boolean
}

export interface ResizeGradientAttributes {
  /** Height and width of the image that was resized. */
  readonly inputSize: Pair
  readonly alignCorners: boolean
}

export interface ShuffleAttributes {
  readonly factor: number
}

export interface ConcatAttributes {
  readonly axis: number
}

/** One start and one size per axis. */
export interface SliceAttributes {
  readonly start: readonly number[]
  readonly size: readonly number[]
}

/** Elements added on both sides of every axis. `reflect` does not repeat the edge and adds less than the axis is long. */
export interface PadAttributes {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly mode: 'zero' | 'reflect' | 'edge'
}

export interface MatmulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

export interface ReduceAttributes {
  readonly kind: 'sum' | 'min' | 'max'
  /** Axes that become size one, ascending. */
  readonly axes: readonly number[]
}

export type Distribution = 'uniform' | 'normal' | 'laplace' | 'arcsine' | 'poisson'

export interface RandomAttributes {
  readonly distribution: 'bits' | Distribution
  readonly shape: Shape
  /** Mean of the Poisson distribution; of no meaning to the others. */
  readonly rate?: number
  /** Last word of the counter: one key serves several independent draws. Default 0. */
  readonly draw?: number
}

/** Which moment of a channel. */
export interface MomentAttributes {
  readonly which: 'mean' | 'variance'
}

export interface PartialMomentAttributes {
  /** In how many parts each channel is taken. */
  readonly parts: number
  /** The rank of the tensor whose kernel can give so many parts beside its result. */
  readonly host?: number
}
