import type { Pair, ResizeAttributes, ResizeGradientAttributes, UpsampleAttributes } from '../kernels/attributes.ts'
import { addAt, coordinatesOf, elementAt, imageSizes, tensorOf } from './indexing.ts'
import type { Values } from './values.ts'
import { zeros } from './values.ts'

/** Each pixel of x [n, c, h, w] repeated over a block of `scale`. */
export function upsampleNearest(inputs: readonly Values[], { scale }: UpsampleAttributes): Values {
  const [x] = inputs as [Values]
  const [n, c, h, w] = imageSizes(x)
  return tensorOf([n, c, h * scale[0], w * scale[1]], (b, k, oy, ox) =>
    elementAt(x, [b, k, Math.floor(oy / scale[0]), Math.floor(ox / scale[1])]),
  )
}

/** Sum over each block of `scale` of dy. */
export function upsampleNearestGradient(inputs: readonly Values[], { scale }: UpsampleAttributes): Values {
  const [dy] = inputs as [Values]
  const [n, c, oh, ow] = imageSizes(dy)
  const dx = zeros([n, c, oh / scale[0], ow / scale[1]])
  for (const at of coordinatesOf(dy.shape)) {
    const [b = 0, k = 0, oy = 0, ox = 0] = at
    addAt(dx, [b, k, Math.floor(oy / scale[0]), Math.floor(ox / scale[1])], elementAt(dy, at))
  }
  return dx
}

/** The two pixels [position, weight] along one axis that bilinear interpolation mixes for one pixel of the result. */
function tapsOf(target: number, from: number, to: number, alignCorners: boolean): readonly [Pair, Pair] {
  const position = alignCorners
    ? target * (to > 1 ? (from - 1) / (to - 1) : 0)
    : Math.max(0, (target + 0.5) * (from / to) - 0.5)
  const first = Math.min(Math.floor(position), from - 1)
  const second = Math.min(first + 1, from - 1)
  return [
    [first, 1 - (position - first)],
    [second, position - first],
  ]
}

/** The four pixels [y, x, weight] of an image of `from` that make pixel (oy, ox) of one of `to`. */
function mixOf(
  oy: number,
  ox: number,
  from: Pair,
  to: Pair,
  alignCorners: boolean,
): (readonly [number, number, number])[] {
  const columns = tapsOf(ox, from[1], to[1], alignCorners)
  return tapsOf(oy, from[0], to[0], alignCorners).flatMap(([y, wy]) =>
    columns.map(([x, wx]) => [y, x, wy * wx] as const),
  )
}

/** x [n, c, h, w] interpolated to `size`, as PyTorch's interpolate does in both conventions of corners. */
export function resizeBilinear(inputs: readonly Values[], { size, alignCorners }: ResizeAttributes): Values {
  const [x] = inputs as [Values]
  const [n, c, h, w] = imageSizes(x)
  return tensorOf([n, c, ...size], (b, k, oy, ox) =>
    mixOf(oy, ox, [h, w], size, alignCorners).reduce(
      (sum, [y, column, weight]) => sum + weight * elementAt(x, [b, k, y, column]),
      0,
    ),
  )
}

/** Each dy shared by the pixels that it was interpolated from, by their weights. */
export function resizeBilinearGradient(
  inputs: readonly Values[],
  { inputSize, alignCorners }: ResizeGradientAttributes,
): Values {
  const [dy] = inputs as [Values]
  const [n, c, oh, ow] = imageSizes(dy)
  const dx = zeros([n, c, ...inputSize])
  for (const at of coordinatesOf(dy.shape)) {
    const [b = 0, k = 0, oy = 0, ox = 0] = at
    for (const [y, x, weight] of mixOf(oy, ox, inputSize, [oh, ow], alignCorners))
      addAt(dx, [b, k, y, x], weight * elementAt(dy, at))
  }
  return dx
}
