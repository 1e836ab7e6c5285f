import type { AdapterTraits, Kernel, Tail } from './kernel.ts'
import type { WinogradPlan, WinogradSize } from './winograd.ts'

/** Spatial attributes of a 2-D convolution, y before x. */
export interface Conv2dAttributes {
  readonly stride: readonly [number, number]
  readonly dilation: readonly [number, number]
  /** Zero padding; the four sides are free. */
  readonly padding: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }
}

/** A convolution of x [n, c, h, w] with weights [k, c, r, s] to [n, k, oh, ow]: cross-correlation, as every framework calls it. */
export interface ConvolutionSpec extends Conv2dAttributes {
  /** How many times each pixel of x counts in each direction: the nearest upsampling before the convolution, done in its loads. Default 1; h and w are those after it. */
  readonly scale?: number
  readonly n: number
  readonly c: number
  readonly h: number
  readonly w: number
  readonly k: number
  readonly r: number
  readonly s: number
  readonly oh: number
  readonly ow: number
}

/** How a forward algorithm wants its weights: blocks of `block` output channels, innermost, zero-filled: [ceil(k/block), c, r*s, block]. */
export interface WeightArrangement {
  readonly block: number
}

/** One way to compute a convolution forward (and, with flipped weights, its input gradient at stride 1). */
export interface ConvolutionAlgorithm {
  /** Algorithm and tile sizes: the key of the autotuner's table. */
  readonly name: string
  /** Absent: weights are bound as they are, OIHW. */
  readonly weights?: WeightArrangement
  /** Bindings: 0 x, 1 weights, tail from 2. */
  kernel(spec: ConvolutionSpec, adapter: AdapterTraits, tail: Tail): Kernel
  /** In how many parts it gives the moments of each output channel (`Tail.beside`); absent or undefined where it cannot. */
  momentParts?(spec: ConvolutionSpec, adapter: AdapterTraits): number | undefined
  /** Whether its threads hold whole 2x2 windows of the output, so that it can give their maxima (`Tail.beside`). */
  readonly givesMaxima?: boolean
}

/** One of Winograd's ways: input and weights are transformed, multiplied element by element of a tile, and transformed back. */
export interface WinogradAlgorithm {
  readonly name: string
  readonly size: WinogradSize
  /** Output channels that lie side by side in the transformed weights. */
  readonly block: number
  /** The products, summed over input channels. Bindings: 0 transformed input, 1 transformed weights, tail from 2. */
  product(plan: WinogradPlan, adapter: AdapterTraits, tail: Tail): Kernel
}

/** One way to compute the gradient of the weights, as partial sums over parts of the batch and rows. */
export interface WeightGradientAlgorithm {
  readonly name: string
  /** Number of partial sums p: the kernel's output is [p, k*c*r*s], summed afterwards in fixed order. */
  partials(spec: ConvolutionSpec, adapter: AdapterTraits): number
  /** Bindings: 0 x, 1 gradient of the output, tail from 2. The spec is the forward convolution's. */
  kernel(spec: ConvolutionSpec, adapter: AdapterTraits, tail: Tail): Kernel
}

/** The weight gradient by tiles of x and dy that are transformed, multiplied, summed over the tiles and transformed back. */
export interface WinogradGradientAlgorithm {
  readonly name: string
  readonly size: WinogradSize
  /** The products. Bindings: 0 transformed x, 1 transformed dy, tail from 2; the spec is the forward convolution's. */
  product(spec: ConvolutionSpec, plan: WinogradPlan, adapter: AdapterTraits, tail: Tail): Kernel
}
