import { ShapeError } from '../errors.ts'
import { apply, type LoweringContext, type Op, type Tensor } from '../graph/tensor.ts'
import { forwardAlgorithms, weightGradientAlgorithms } from '../kernels/algorithms.ts'
import { type ArrangeAttributes, arrangedShape, arrangeWeightsKernel } from '../kernels/arrange-weights.wgsl.ts'
import type { UpsampleAttributes } from '../kernels/attributes.ts'
import { inputGradientAsForward } from '../kernels/conv2d-geometry.ts'
import { conv2dInputGradientKernel } from '../kernels/conv2d-input-gradient.wgsl.ts'
import type {
  Conv2dAttributes,
  ConvolutionAlgorithm,
  ConvolutionSpec,
  WeightGradientAlgorithm,
} from '../kernels/convolution.ts'
import * as reference from '../reference/convolution.ts'
import { padToFour, type Shape, showShape } from '../shape.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'
import { winogradConvolution, winogradWeightGradient } from './winograd.ts'

type Sides = Conv2dAttributes['padding']

/** 'valid' is none; 'same' gives ceil(input / stride) outputs, the odd pixel at the bottom and right (Keras, TensorFlow); a number pads all sides. */
export type Padding = 'same' | 'valid' | number | Sides

/** One number for both axes, or y before x. */
export type Pair = number | readonly [number, number]

export const pairOf = (pair: Pair): readonly [number, number] => (typeof pair === 'number' ? [pair, pair] : pair)

/** Explicit padding of the four sides for an image of h x w. */
export function paddingSides(
  padding: Padding,
  [h, w]: readonly [number, number],
  window: readonly [number, number],
  stride: readonly [number, number],
): Sides {
  if (typeof padding === 'object') return padding
  if (padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 }
  if (typeof padding === 'number') return { top: padding, bottom: padding, left: padding, right: padding }
  const total = (size: number, extent: number, step: number) =>
    Math.max(0, (Math.ceil(size / step) - 1) * step + extent - size)
  const y = total(h, window[0], stride[0])
  const x = total(w, window[1], stride[1])
  return { top: Math.floor(y / 2), bottom: Math.ceil(y / 2), left: Math.floor(x / 2), right: Math.ceil(x / 2) }
}

/** Outputs along one axis. @throws ShapeError when there would be none. */
export function outputExtent(size: number, before: number, after: number, extent: number, stride: number): number {
  const outputs = Math.floor((size + before + after - extent) / stride) + 1
  if (outputs < 1)
    throw new ShapeError(`a window of ${extent} does not fit in ${size} pixels padded to ${size + before + after}`)
  return outputs
}

const dilated = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1

const conv2dOp: Op<Conv2dAttributes> = {
  name: 'conv2d',
  shape: ([x = [], weights = []], attributes) => {
    if (x.length !== 4 || weights.length !== 4) {
      throw new ShapeError(
        `expected x [n, c, h, w] and weights [out, in, kh, kw], got ${showShape(x)} and ${showShape(weights)}`,
      )
    }
    const [n, c, h, w] = padToFour(x)
    const [k, inputs, r, s] = padToFour(weights)
    if (c !== inputs)
      throw new ShapeError(
        `x is ${showShape(x)} with ${c} channels, weights are ${showShape(weights)}: expected ${inputs} channels`,
      )
    const { stride, dilation, padding } = attributes
    return [
      n,
      k,
      outputExtent(h, padding.top, padding.bottom, dilated(r, dilation[0]), stride[0]),
      outputExtent(w, padding.left, padding.right, dilated(s, dilation[1]), stride[1]),
    ]
  },
  gradient: ({ inputs: [x, weights] }, dy, attributes) =>
    x && weights
      ? [inputGradient(dy, weights, attributes, x.shape), weightGradient(x, dy, attributes, weights.shape)]
      : [],
  reference: reference.conv2d,
  lower: ({ attributes, shape }, [x, weights], context) => {
    if (!x || !weights) return undefined
    const spec = specOf(x.shape, weights.shape, shape, attributes as Conv2dAttributes)
    const small = beforeUpsampling(x)
    return small === undefined
      ? lowerForward(context, spec, x, weights, false)
      : lowerForward(context, { ...spec, scale: small.scale }, small.x, weights, false)
  },
}

/** What an upsampled image is made from, where a convolution can do the upsampling in its loads. */
function beforeUpsampling(image: Tensor): { readonly x: Tensor; readonly scale: number } | undefined {
  const [x] = image.inputs
  if (image.op.name !== 'upsampleNearest' || x === undefined) return undefined
  const [down, across] = (image.attributes as UpsampleAttributes).scale
  return down === across && LOADED_SCALES.includes(down) ? { x, scale: down } : undefined
}

/** What a lowered convolution runs: one algorithm's kernel on arranged weights. */
const convolutionKernelOp: Op<{ readonly algorithm: ConvolutionAlgorithm; readonly spec: ConvolutionSpec }> = {
  name: 'conv2d',
  shape: (_, { spec }) => [spec.n, spec.k, spec.oh, spec.ow],
  kernel: ({ attributes: { algorithm, spec }, adapter }, tail) => algorithm.kernel(spec, adapter, tail),
  momentParts: ({ attributes: { algorithm, spec }, adapter }) => algorithm.momentParts?.(spec, adapter),
  givesMaxima: ({ algorithm }) => algorithm.givesMaxima === true,
}

const arrangeWeightsOp: Op<ArrangeAttributes> = {
  name: 'arrangeWeights',
  shape: ([weights = []], attributes) => arrangedShape(weights, attributes),
  kernel: arrangeWeightsKernel,
}

/** Upsamplings that the loads of a convolution can do: those that divide the four pixels of a lane. */
const LOADED_SCALES: readonly number[] = [2, 4]

function specKey(op: string, { scale, n, c, h, w, k, r, s, stride, dilation, padding: p }: ConvolutionSpec): string {
  const upsampled = scale === undefined ? '' : ` upsampled by ${scale}`
  return `${op} ${n}x${c}x${h}x${w}${upsampled} k${k} ${r}x${s} stride ${stride} dilation ${dilation} padding ${p.top},${p.bottom},${p.left},${p.right}`
}

function specOf(x: Shape, weights: Shape, y: Shape, attributes: Conv2dAttributes): ConvolutionSpec {
  const [n, c, h, w] = padToFour(x)
  const [k, , r, s] = padToFour(weights)
  const [, , oh, ow] = padToFour(y)
  const { stride, dilation, padding } = attributes
  return { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding }
}

/** A forward convolution by the chosen algorithm; `transposed` weights have their channels swapped and taps flipped first. */
function lowerForward(
  context: LoweringContext,
  spec: ConvolutionSpec,
  x: Tensor,
  weights: Tensor,
  transposed: boolean,
): Tensor {
  const algorithm = context.choose(specKey('conv2d', spec), forwardAlgorithms(spec, context.adapter, context))
  if ('product' in algorithm) return winogradConvolution(algorithm, spec, x, weights, transposed)
  const block = algorithm.weights?.block
  const arranged =
    block === undefined && !transposed
      ? weights
      : apply(arrangeWeightsOp, [weights], { ...(block === undefined ? {} : { block }), transposed })
  return apply(convolutionKernelOp, [x, arranged], { algorithm, spec })
}

type InputGradientAttributes = Conv2dAttributes & { readonly size: readonly [number, number] }

const inputGradientOp: Op<InputGradientAttributes> = {
  name: 'conv2dInputGradient',
  shape: ([dy = [], weights = []], { size }) => [dy[0] ?? 1, weights[1] ?? 1, ...size],
  gradient: ({ inputs: [dy, weights] }, g, attributes) =>
    dy && weights ? [apply(conv2dOp, [g, weights], attributes), weightGradient(g, dy, attributes, weights.shape)] : [],
  reference: reference.conv2dInputGradient,
  kernel: conv2dInputGradientKernel,
  lower: ({ attributes, shape }, [dy, weights], context) => {
    if (!dy || !weights) return undefined
    const spec = inputGradientAsForward(specOf(shape, weights.shape, dy.shape, attributes as InputGradientAttributes))
    return spec && lowerForward(context, spec, dy, weights, true)
  },
}

const inputGradient = (
  dy: Tensor,
  weights: Tensor,
  { stride, dilation, padding }: Conv2dAttributes,
  x: Shape,
): Tensor => apply(inputGradientOp, [dy, weights], { stride, dilation, padding, size: [x[2] ?? 1, x[3] ?? 1] })

type WeightGradientAttributes = Conv2dAttributes & { readonly kernel: readonly [number, number] }

const weightGradientOp: Op<WeightGradientAttributes> = {
  name: 'conv2dWeightGradient',
  shape: ([x = [], dy = []], { kernel }) => [dy[1] ?? 1, x[1] ?? 1, ...kernel],
  gradient: ({ inputs: [x, dy] }, g, attributes) =>
    x && dy ? [inputGradient(dy, g, attributes, x.shape), apply(conv2dOp, [x, g], attributes)] : [],
  reference: reference.conv2dWeightGradient,
  lower: ({ attributes, shape }, [x, dy], context) => {
    if (!x || !dy) return undefined
    const whole = specOf(x.shape, shape, dy.shape, attributes as WeightGradientAttributes)
    const small = beforeUpsampling(x)
    const upsampled = small && { ...whole, scale: small.scale }
    const inLoads = upsampled ? weightGradientAlgorithms(upsampled, context.adapter, context) : []
    const [spec, input] = upsampled && inLoads.length > 0 ? [upsampled, small.x] : [whole, x]
    const algorithm = context.choose(
      specKey('conv2dWeightGradient', spec),
      inLoads.length > 0 ? inLoads : weightGradientAlgorithms(spec, context.adapter, context),
    )
    if ('product' in algorithm) return winogradWeightGradient(algorithm, spec, input, dy)
    return reshape(
      sum(
        apply(weightGradientKernelOp, [input, dy], {
          algorithm,
          spec,
          partials: algorithm.partials(spec, context.adapter),
        }),
        [0],
      ),
      shape,
    )
  },
}

const weightGradient = (
  x: Tensor,
  dy: Tensor,
  { stride, dilation, padding }: Conv2dAttributes,
  weights: Shape,
): Tensor => apply(weightGradientOp, [x, dy], { stride, dilation, padding, kernel: [weights[2] ?? 1, weights[3] ?? 1] })

const weightGradientKernelOp: Op<{
  readonly algorithm: WeightGradientAlgorithm
  readonly spec: ConvolutionSpec
  readonly partials: number
}> = {
  name: 'conv2dWeightGradient',
  shape: (_, { partials, spec }) => [partials, spec.k * spec.c * spec.r * spec.s],
  kernel: ({ attributes: { algorithm, spec }, adapter }, tail) => algorithm.kernel(spec, adapter, tail),
}

export interface Conv2dOptions {
  readonly stride?: Pair
  readonly dilation?: Pair
  readonly padding?: Padding
}

/**
 * Two-dimensional convolution (cross-correlation) of x [n, c, h, w] with weights [out, c, kh, kw] to [n, out, oh, ow].
 * @throws ShapeError when the channels differ or the window does not fit.
 */
export function conv2d(x: Tensor, weights: Tensor, options: Conv2dOptions = {}): Tensor {
  const stride = pairOf(options.stride ?? 1)
  const dilation = pairOf(options.dilation ?? 1)
  const [, , h, w] = padToFour(x.shape)
  const [, , r, s] = padToFour(weights.shape)
  const padding = paddingSides(
    options.padding ?? 'valid',
    [h, w],
    [dilated(r, dilation[0]), dilated(s, dilation[1])],
    stride,
  )
  return apply(conv2dOp, [x, weights], { stride, dilation, padding })
}
