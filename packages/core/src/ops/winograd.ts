import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { ConvolutionSpec, WinogradAlgorithm } from '../kernels/convolution.ts'
import { winogradPlan } from '../kernels/winograd.ts'
import { winogradInputKernel } from '../kernels/winograd-input.wgsl.ts'
import { winogradOutputKernel } from '../kernels/winograd-output.wgsl.ts'
import { winogradWeightsKernel } from '../kernels/winograd-weights.wgsl.ts'

interface WinogradAttributes {
  readonly algorithm: WinogradAlgorithm
  readonly spec: ConvolutionSpec
}

const planOf = ({ algorithm: { size, block }, spec }: WinogradAttributes) => winogradPlan(spec, size, block)

const inputOp: Op<WinogradAttributes> = {
  name: 'winogradInput',
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
  shape: (_, attributes) => planOf(attributes).products,
  kernel: ({ attributes, adapter }, tail) => attributes.algorithm.product(planOf(attributes), adapter, tail),
}

const outputOp: Op<WinogradAttributes> = {
  name: 'winogradOutput',
  shape: (_, { spec }) => [spec.n, spec.k, spec.oh, spec.ow],
  kernel: ({ attributes }, tail) => winogradOutputKernel(attributes.spec, planOf(attributes), tail),
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
