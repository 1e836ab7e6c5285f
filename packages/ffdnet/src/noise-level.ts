import {
  avgPool2d,
  broadcastTo,
  concat,
  fill,
  InputError,
  pad,
  reshape,
  ShapeError,
  type Tensor,
} from '@noisescope/core'
import { type ForwardOptions, type Layer, plainLayer } from '@noisescope/nn'

/** Pixels along either side of the cell that unshuffling turns into channels. */
export const FACTOR = 2

/** Pads images of odd sizes at the bottom and right, repeating the edge: [n, c, h, w] to even h and w. */
export const padToEvenLayer = (name: string): Layer => plainLayer(name, 'Padding2D', padToEven)

function padToEven(x: Tensor): Tensor {
  const [, , h = 0, w = 0] = x.shape
  return h % FACTOR === 0 && w % FACTOR === 0 ? x : pad(x, [0, 0, 0, 0], [0, 0, h % FACTOR, w % FACTOR], 'edge')
}

/** Appends the noise level of `options.sigma` as the last channel, at the resolution of the unshuffled image. */
export const noiseMapLayer = (name: string): Layer =>
  plainLayer(name, 'NoiseMap', (x, { sigma }) => {
    const [n = 1, , h = 1, w = 1] = x.shape
    return concat([x, noiseMap(sigma, [n, 1, h, w])], 1)
  })

/**
 * The level of each cell of FACTOR x FACTOR pixels: the mean of its pixels where `sigma` differs by pixel.
 * @throws InputError without a noise level; ShapeError when it fits neither one image, one a batch, nor the pixels.
 */
function noiseMap(sigma: ForwardOptions['sigma'], shape: readonly [number, number, number, number]): Tensor {
  if (sigma === undefined) {
    throw new InputError('FFDNet was given no noise level; expected sigma on the 0..1 scale in the forward options')
  }
  const [n, , h, w] = shape
  const level = typeof sigma === 'number' ? fill(sigma) : sigma
  if (level.shape.every((extent) => extent === 1)) return broadcastTo(reshape(level, [1, 1, 1, 1]), shape)
  const [images = 0, channels, height = 0, width = 0] = level.shape
  if (level.shape.length === 4 && channels === 1 && (images === 1 || images === n)) {
    if (height === 1 && width === 1) return broadcastTo(level, shape)
    const even = padToEven(level)
    if (even.shape[2] === h * FACTOR && even.shape[3] === w * FACTOR) {
      return broadcastTo(avgPool2d(even, { size: FACTOR, padding: 'valid' }), shape)
    }
  }
  throw new ShapeError(
    `a noise level of shape ${level.shape.join('x')} fits no ${n} images of at most ${h * FACTOR} x ${w * FACTOR} pixels: ` +
      'expected one value, [n, 1, 1, 1] or [n, 1, h, w]',
  )
}
