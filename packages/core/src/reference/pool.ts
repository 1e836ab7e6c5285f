import type { PoolAttributes, PoolGradientAttributes } from '../kernels/attributes.ts'
import { addAt, coordinatesOf, elementAt, imageSizes, pairOf, tensorOf } from './indexing.ts'
import type { Values } from './values.ts'
import { zeros } from './values.ts'

type Pixel = readonly [number, number]

/** Positions of a window along one axis that are inside the image. */
function insideOf(window: number, size: number, stride: number, before: number, length: number): number[] {
  return Array.from({ length: size }, (_, offset) => window * stride - before + offset).filter(
    (p) => p >= 0 && p < length,
  )
}

/** Pixels [y, x] of window (oy, ox) that are inside an image of h x w, row-major. */
function pixelsOf(oy: number, ox: number, [h, w]: Pixel, { size, stride, padding }: PoolAttributes): Pixel[] {
  const ys = insideOf(oy, size[0], stride[0], padding.top, h)
  const xs = insideOf(ox, size[1], stride[1], padding.left, w)
  return ys.flatMap((y) => xs.map((x): Pixel => [y, x]))
}

/** Height and width of a pooled image of h x w. */
function pooledSize([h, w]: Pixel, { size, stride, padding }: PoolAttributes): Pixel {
  return [
    Math.floor((h + padding.top + padding.bottom - size[0]) / stride[0]) + 1,
    Math.floor((w + padding.left + padding.right - size[1]) / stride[1]) + 1,
  ]
}

/** Coordinates of the first element, in row-major order, that holds the maximum, or of the last that is NaN, of window (oy, ox) of plane (n, c). */
function firstMaximum(x: Values, n: number, c: number, oy: number, ox: number, pool: PoolAttributes): number[] {
  const [, , h, w] = imageSizes(x)
  return pixelsOf(oy, ox, [h, w], pool)
    .map((pixel) => [n, c, ...pixel])
    .reduce((best, at) => (elementAt(x, at) > elementAt(x, best) || Number.isNaN(elementAt(x, at)) ? at : best))
}

/** Where in every window of x its first maximum is, as row * columns + column. */
export function maxPool2dArgmax([x]: readonly Values[], pool: PoolAttributes): Values {
  const image = x as Values
  const { size, stride, padding } = pool
  const [n, c, h, w] = imageSizes(image)
  return tensorOf([n, c, ...pooledSize([h, w], pool)], (b, k, oy, ox) => {
    const [, , y = 0, column = 0] = firstMaximum(image, b, k, oy, ox, pool)
    return (y - oy * stride[0] + padding.top) * size[1] + (column - ox * stride[1] + padding.left)
  })
}

/** Maximum of every window of x [n, c, h, w]; padding counts as minus infinity. */
export function maxPool2d([x]: readonly Values[], pool: PoolAttributes): Values {
  return maxPool2dGather([x as Values, x as Values], pool)
}

/** g, shaped like x, where x has the first maximum of each window. */
export function maxPool2dGather(inputs: readonly Values[], pool: PoolAttributes): Values {
  const [x, g] = pairOf(inputs)
  const [n, c, h, w] = imageSizes(x)
  return tensorOf([n, c, ...pooledSize([h, w], pool)], (b, k, oy, ox) =>
    elementAt(g, firstMaximum(x, b, k, oy, ox, pool)),
  )
}

/** Each window's dy added where x has the first maximum of the window. */
export function maxPool2dGradient(inputs: readonly Values[], pool: PoolAttributes): Values {
  const [x, dy] = pairOf(inputs)
  const dx = zeros(x.shape)
  for (const at of coordinatesOf(dy.shape)) {
    const [b = 0, k = 0, oy = 0, ox = 0] = at
    addAt(dx, firstMaximum(x, b, k, oy, ox, pool), elementAt(dy, at))
  }
  return dx
}

/** Mean over the pixels of every window of x [n, c, h, w] that are inside the image. */
export function avgPool2d(inputs: readonly Values[], pool: PoolAttributes): Values {
  const [x] = inputs as [Values]
  const [n, c, h, w] = imageSizes(x)
  return tensorOf([n, c, ...pooledSize([h, w], pool)], (b, k, oy, ox) => {
    const pixels = pixelsOf(oy, ox, [h, w], pool)
    return pixels.reduce((sum, pixel) => sum + elementAt(x, [b, k, ...pixel]), 0) / pixels.length
  })
}

/** Each window's dy shared evenly by the pixels of the window that are inside the image. */
export function avgPool2dGradient(inputs: readonly Values[], pool: PoolGradientAttributes): Values {
  const [dy] = inputs as [Values]
  const [n, c] = imageSizes(dy)
  const dx = zeros([n, c, ...pool.inputSize])
  for (const at of coordinatesOf(dy.shape)) {
    const [b = 0, k = 0, oy = 0, ox = 0] = at
    const pixels = pixelsOf(oy, ox, pool.inputSize, pool)
    for (const pixel of pixels) addAt(dx, [b, k, ...pixel], elementAt(dy, at) / pixels.length)
  }
  return dx
}
