import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { PoolAttributes, PoolGradientAttributes } from '../kernels/attributes.ts'
import { binding, type Together } from '../kernels/kernel.ts'
import {
  avgPool2dKernel,
  maxPool2dArgmaxKernel,
  maxPool2dGatherKernel,
  maxPool2dKernel,
} from '../kernels/pool2d.wgsl.ts'
import { avgPool2dGradientKernel, maxPool2dGradientKernel } from '../kernels/pool2d-gradient.wgsl.ts'
import { isTiledByTwos } from '../kernels/windows.ts'
import { sourceOf } from '../plan/view.ts'
import * as reference from '../reference/pool.ts'
import { padToFour, type Shape, sameShape, showShape } from '../shape.ts'
import { outputExtent, type Padding, type Pair, paddingSides, pairOf } from './convolution.ts'

const pooledShape = (inputs: readonly Shape[], { size, stride, padding }: PoolAttributes): Shape => {
  const [x = []] = inputs
  if (x.length !== 4) throw new ShapeError(`expected x [n, c, h, w], got ${showShape(x)}`)
  const [n, c, h, w] = padToFour(x)
  return [
    n,
    c,
    outputExtent(h, padding.top, padding.bottom, size[0], stride[0]),
    outputExtent(w, padding.left, padding.right, size[1], stride[1]),
  ]
}

/** WGSL function `name(i, value)` that stores a value of window `i`, or of two `together`, in the memory at `index`. */
function storedByWindow(name: 'maximum' | 'argmax', index: number, together: Together): string {
  const type = together === 2 ? 'vec2f' : 'f32'
  return `${binding(index, `${name}OfWindow`, type)}
fn ${name}(i: u32, value: ${type}) { ${name}OfWindow[i${together === 2 ? ' / 2u' : ''}] = value; }`
}

const maxPool2dOp: Op<PoolAttributes> = {
  name: 'maxPool2d',
  shape: pooledShape,
  gradient: ({ inputs: [x] }, dy, attributes) => [x && apply(maxPool2dGradientOp, [x, dy], attributes)],
  reference: reference.maxPool2d,
  kernel: maxPool2dKernel,
  beside: {
    kind: 'maxima',
    madeOf: 'stored',
    givenBy: ({ inputs: [x], attributes }, host) =>
      x !== undefined &&
      sameShape(x.shape, host.shape) &&
      isTiledByTwos(x.shape, attributes as PoolAttributes) &&
      host.op.givesMaxima?.(host.attributes) === true,
    wgsl: (_, index, together) => storedByWindow('maximum', index, together),
  },
}

const maxPool2dGradientOp: Op<PoolAttributes> = {
  name: 'maxPool2dGradient',
  shape: ([x = []]) => x,
  gradient: ({ inputs: [x] }, g, attributes) => [undefined, x && apply(maxPool2dGatherOp, [x, g], attributes)],
  reference: reference.maxPool2dGradient,
  lower: ({ attributes, shape }, [x, dy]) => {
    const pool = attributes as PoolAttributes
    const inputSize: Pair = [shape[2] ?? 1, shape[3] ?? 1]
    return x && dy && apply(gradientByPlacesOp, [apply(argmaxOp, [x], pool), dy], { ...pool, inputSize })
  },
}

const maxPool2dGatherOp: Op<PoolAttributes> = {
  name: 'maxPool2dGather',
  shape: pooledShape,
  gradient: ({ inputs: [x] }, dy, attributes) => [undefined, x && apply(maxPool2dGradientOp, [x, dy], attributes)],
  reference: reference.maxPool2dGather,
  lower: ({ attributes }, [x, g]) => {
    const pool = attributes as PoolAttributes
    return x && g && apply(gatherByPlacesOp, [apply(argmaxOp, [x], pool), g], pool)
  },
}

/** Where in its window each maximum is: found by the pooling's own kernel, so that nothing has to keep x for it. */
const argmaxOp: Op<PoolAttributes> = {
  name: 'maxPool2dArgmax',
  shape: pooledShape,
  kernel: maxPool2dArgmaxKernel,
  beside: {
    kind: 'argmax',
    madeOf: 'read',
    givenBy: ({ inputs: [x], attributes }, host) => x !== undefined && isMaxPool2dOf(x, attributes, host),
    wgsl: (_, index, together) => storedByWindow('argmax', index, together),
  },
}

const gradientByPlacesOp: Op<PoolGradientAttributes> = {
  name: 'maxPool2dGradientByPlaces',
  shape: ([places = []], { inputSize }) => [places[0] ?? 1, places[1] ?? 1, ...inputSize],
  kernel: maxPool2dGradientKernel,
}

const gatherByPlacesOp: Op<PoolAttributes> = {
  name: 'maxPool2dGatherByPlaces',
  shape: ([places = []]) => places,
  kernel: maxPool2dGatherKernel,
}

/** Whether a tensor is x pooled by its maxima, with these attributes. */
export const isMaxPool2dOf = (x: Tensor, pool: unknown, { op, inputs: [pooled], attributes }: Tensor): boolean =>
  op === (maxPool2dOp as Op) &&
  pooled !== undefined &&
  sourceOf(pooled) === sourceOf(x) &&
  sameShape(pooled.shape, x.shape) &&
  JSON.stringify(attributes) === JSON.stringify(pool)

const avgPool2dOp: Op<PoolAttributes> = {
  name: 'avgPool2d',
  shape: pooledShape,
  gradient: ({ inputs: [x] }, dy, attributes) => [
    x && apply(avgPool2dGradientOp, [dy], { ...attributes, inputSize: [x.shape[2] ?? 1, x.shape[3] ?? 1] }),
  ],
  reference: reference.avgPool2d,
  kernel: avgPool2dKernel,
}

const avgPool2dGradientOp: Op<PoolGradientAttributes> = {
  name: 'avgPool2dGradient',
  shape: ([dy = []], { inputSize }) => [dy[0] ?? 1, dy[1] ?? 1, ...inputSize],
  gradient: (_, g, { size, stride, padding }) => [apply(avgPool2dOp, [g], { size, stride, padding })],
  reference: reference.avgPool2dGradient,
  kernel: avgPool2dGradientKernel,
}

export interface PoolOptions {
  readonly size?: Pair
  /** Default: the size. */
  readonly stride?: Pair
  /** 'same' as in Keras: 7 -> 4 with the odd pixel at the bottom and right. */
  readonly padding?: Padding
}

function poolAttributes(x: Tensor, options: PoolOptions): PoolAttributes {
  const size = pairOf(options.size ?? 2)
  const stride = pairOf(options.stride ?? size)
  const [, , h, w] = padToFour(x.shape)
  const padding = paddingSides(options.padding ?? 'valid', [h, w], size, stride)
  if (padding.top >= size[0] || padding.bottom >= size[0] || padding.left >= size[1] || padding.right >= size[1]) {
    throw new ShapeError(
      `padding must be smaller than the pooling window of ${size.join('x')}, or a window would hold no pixel`,
    )
  }
  return { size, stride, padding }
}

/** Largest value of each window; padding never wins. The gradient goes to a window's first maximum. @throws ShapeError */
export const maxPool2d = (x: Tensor, options: PoolOptions = {}): Tensor =>
  apply(maxPool2dOp, [x], poolAttributes(x, options))

/** Mean of each window over the pixels inside the image (Keras; PyTorch's count_include_pad=False). @throws ShapeError */
export const avgPool2d = (x: Tensor, options: PoolOptions = {}): Tensor =>
  apply(avgPool2dOp, [x], poolAttributes(x, options))
