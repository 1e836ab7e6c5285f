import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { ResizeAttributes, ResizeGradientAttributes, UpsampleAttributes } from '../kernels/attributes.ts'
import {
  resizeBilinearGradientKernel,
  resizeBilinearKernel,
  upsampleNearestGradientKernel,
  upsampleNearestKernel,
} from '../kernels/resize.wgsl.ts'
import * as reference from '../reference/resize.ts'
import { padToFour, type Shape, showShape } from '../shape.ts'
import { type Pair, pairOf } from './convolution.ts'

const imageOnly = (x: Shape): void => {
  if (x.length !== 4) throw new ShapeError(`expected x [n, c, h, w], got ${showShape(x)}`)
}

const upsampleNearestOp: Op<UpsampleAttributes> = {
  name: 'upsampleNearest',
  shape: ([x = []], { scale }) => {
    imageOnly(x)
    const [n, c, h, w] = padToFour(x)
    return [n, c, h * scale[0], w * scale[1]]
  },
  gradient: (_, dy, attributes) => [apply(upsampleNearestGradientOp, [dy], attributes)],
  reference: reference.upsampleNearest,
  kernel: upsampleNearestKernel,
}

const upsampleNearestGradientOp: Op<UpsampleAttributes> = {
  name: 'upsampleNearestGradient',
  shape: ([dy = []], { scale }) => {
    const [n, c, h, w] = padToFour(dy)
    return [n, c, h / scale[0], w / scale[1]]
  },
  gradient: (_, g, attributes) => [apply(upsampleNearestOp, [g], attributes)],
  reference: reference.upsampleNearestGradient,
  kernel: upsampleNearestGradientKernel,
}

const resizeBilinearOp: Op<ResizeAttributes> = {
  name: 'resizeBilinear',
  shape: ([x = []], { size }) => {
    imageOnly(x)
    const [n, c] = padToFour(x)
    return [n, c, ...size]
  },
  gradient: ({ inputs: [x] }, dy, { alignCorners }) => [
    x && apply(resizeBilinearGradientOp, [dy], { inputSize: [x.shape[2] ?? 1, x.shape[3] ?? 1], alignCorners }),
  ],
  reference: reference.resizeBilinear,
  kernel: resizeBilinearKernel,
}

const resizeBilinearGradientOp: Op<ResizeGradientAttributes> = {
  name: 'resizeBilinearGradient',
  shape: ([dy = []], { inputSize }) => [dy[0] ?? 1, dy[1] ?? 1, ...inputSize],
  gradient: ({ inputs: [dy] }, g, { alignCorners }) => [
    dy && apply(resizeBilinearOp, [g], { size: [dy.shape[2] ?? 1, dy.shape[3] ?? 1], alignCorners }),
  ],
  reference: reference.resizeBilinearGradient,
  kernel: resizeBilinearGradientKernel,
}

/** Every pixel of x [n, c, h, w] repeated `scale` times along y and x; whole factors. @throws ShapeError */
export function upsampleNearest(x: Tensor, scale: Pair): Tensor {
  const pair = pairOf(scale)
  if (pair.some((factor) => !Number.isInteger(factor) || factor < 1))
    throw new ShapeError(`upsampleNearest: scale ${pair.join(', ')} must be whole and at least 1`)
  return apply(upsampleNearestOp, [x], { scale: pair })
}

/**
 * Bilinear interpolation of x [n, c, h, w] to `size` (h, w).
 * `alignCorners` puts the corner pixels' centres onto each other, else the corners of the images (PyTorch's two conventions).
 * @throws ShapeError
 */
export const resizeBilinear = (x: Tensor, size: readonly [number, number], alignCorners = false): Tensor =>
  apply(resizeBilinearOp, [x], { size, alignCorners })
