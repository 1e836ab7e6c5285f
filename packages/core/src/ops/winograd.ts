import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { ConvolutionSpec, WinogradAlgorithm, WinogradGradientAlgorithm } from '../kernels/convolution.ts'
import { CHANNELS, winogradPlan } from '../kernels/winograd.ts'
import { winogradGradientKernel, winogradInputKernel } from '../kernels/winograd-input.wgsl.ts'
import { winogradMomentParts, winogradOutputKernel } from '../kernels/winograd-output.wgsl.ts'
import { winogradGradientOutput } from '../kernels/winograd-weight-gradient.wgsl.ts'
import { winogradWeightsKernel } from '../kernels/winograd-weights.wgsl.ts'

/** What the transforms of a convolution's input depend on. */
interface TileAttributes {
  readonly algorithm: WinogradAlgorithm | WinogradGradientAlgorithm
  /** Of the forward convolution. */
  readonly spec: ConvolutionSpec
}

interface WinogradAttributes extends TileAttributes {
  readonly algorithm: WinogradAlgorithm
}

interface WinogradGradientAttributes extends TileAttributes {
  readonly algorithm: WinogradGradientAlgorithm
}

/** Where weights are not transformed, no block of them matters. */
const planOf = ({ algorithm, spec }: TileAttributes) =>
  winogradPlan(spec, algorithm.size, 'block' in algorithm ? algorithm.block : CHANNELS)

const inputOp: Op<TileAttributes> = {
  name: 'winogradInput',
  // The transforms back take differences of large numbers, which the errors of f16 would not survive; the products of many
  // channels would also leave its range.
  isPrecise: true,
  shape: (_, attributes) => planOf(attributes).input,
  kernel: ({ attributes }, tail) => winogradInputKernel(attributes.spec, planOf(attributes), tail),
}

const weightsOp: Op<WinogradAttributes & { readonly transposed: boolean }> = {
  name: 'winogradWeights',
  shape: (_, attributes) => planOf(attributes).weights,
  kernel: ({ attributes }, tail) => {
    const { spec, transposed } = attributes
    return winogradWeightsKernel({ outputs: spec.k, inputs: spec.c, transposed }, planOf(attributes), tail)
  },
}

const productOp: Op<WinogradAttributes> = {
  name: 'winogradProduct',
  isPrecise: true,
  shape: (_, attributes) => planOf(attributes).products,
  kernel: ({ attributes, adapter }, tail) => attributes.algorithm.product(planOf(attributes), adapter, tail),
}

const outputOp: Op<WinogradAttributes> = {
  name: 'winogradOutput',
  shape: (_, { spec }) => [spec.n, spec.k, spec.oh, spec.ow],
  kernel: ({ attributes, adapter }, tail) => winogradOutputKernel(attributes.spec, planOf(attributes), adapter, tail),
  momentParts: ({ attributes, adapter }) => winogradMomentParts(planOf(attributes), adapter),
  givesMaxima: () => true,
}

/** A convolution by one of Winograd's algorithms; `transposed` weights have their channels swapped and taps flipped first. */
export function winogradConvolution(
  algorithm: WinogradAlgorithm,
  spec: ConvolutionSpec,
  x: Tensor,
  weights: Tensor,
  transposed: boolean,
): Tensor {
  const attributes = { algorithm, spec }
  const products = apply(
    productOp,
    [apply(inputOp, [x], attributes), apply(weightsOp, [weights], { ...attributes, transposed })],
    attributes,
  )
  return apply(outputOp, [products], attributes)
}

const gradientOp: Op<WinogradGradientAttributes> = {
  name: 'winogradGradient',
  isPrecise: true,
  shape: (_, attributes) => {
    const { extent, tiles } = planOf(attributes)
    return [extent ** 2, Math.ceil(attributes.spec.k / CHANNELS), tiles, CHANNELS]
  },
  kernel: ({ attributes }, tail) => winogradGradientKernel(attributes.spec, planOf(attributes), tail),
}

const gradientProductOp: Op<WinogradGradientAttributes> = {
  name: 'winogradGradientProduct',
  isPrecise: true,
  shape: (_, attributes) => {
    const { extent, inputQuads } = planOf(attributes)
    return [extent ** 2, attributes.spec.k, inputQuads, CHANNELS]
  },
  kernel: ({ attributes, adapter }, tail) =>
    attributes.algorithm.product(attributes.spec, planOf(attributes), adapter, tail),
}

const gradientOutputOp: Op<WinogradGradientAttributes> = {
  name: 'winogradGradientOutput',
  isPrecise: true,
  shape: (_, { spec }) => [spec.k, spec.c, spec.r, spec.s],
  kernel: ({ attributes }, tail) => winogradGradientOutput(attributes.spec, planOf(attributes), tail),
}

/** The gradient of a convolution's weights by Winograd's algorithm, from x and the gradient dy of the result. */
export function winogradWeightGradient(
  algorithm: WinogradGradientAlgorithm,
  spec: ConvolutionSpec,
  x: Tensor,
  dy: Tensor,
): Tensor {
  const attributes = { algorithm, spec }
  const products = apply(
    gradientProductOp,
    [apply(inputOp, [x], attributes), apply(gradientOp, [dy], attributes)],
    attributes,
  )
  return apply(gradientOutputOp, [products], attributes)
}
