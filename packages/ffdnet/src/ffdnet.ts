import { InputError, pixelShuffle, pixelUnshuffle, slice } from '@noisescope/core'
import { type Biases, convolutionChain, type Model, plainLayer, runLayer, sequence } from '@noisescope/nn'
import { FACTOR, noiseMapLayer, padToEvenLayer } from './noise-level.ts'

export interface FfdnetOptions {
  /** Image channels, 1 (grey, if not given) or 3. */
  readonly channels?: number
  /** Number of convolutions, at least 2; 15 for grey, 12 for colour if not given. */
  readonly depth?: number
  /** Channels between the convolutions; 64 for grey, 96 for colour if not given. */
  readonly width?: number
  /** Convolutions with a bias: 'all' (if not given), 'outer' (the first and the last) or 'none'. */
  readonly bias?: Biases
  /** Batch norm behind every convolution but the first and the last; false if not given, as in the published weights, where it is merged. */
  readonly batchNorm?: boolean
  /** What batch norm adds to variances; 1e-5 if not given, as in PyTorch. */
  readonly batchNormEps?: number
  /** What it puts out: the clean image (if not given, as in the paper), or the noise, to be subtracted (Tassano et al. 2019). */
  readonly output?: Model['output']
  /** Seed of the weights: He's normal. */
  readonly seed?: number
}

/**
 * FFDNet (Zhang et al. 2018, "FFDNet: toward a fast and flexible solution", Fig. 1): the image unshuffled to half its size and
 * four times its channels, the noise level as one more, a chain of 3x3 convolutions, and shuffled back. Its output is the
 * clean image, or with `output: 'residual'` the noise. It must be told the noise level: `sigma` of the forward options.
 * Layers are pad, unshuffle, noise_map, conv_1, relu_1, ..., conv_15, shuffle, crop; pad and crop do nothing on even sizes.
 * @throws InputError when depth, width or channels are no network, and from `forward` without a noise level.
 */
export function ffdnet(options: FfdnetOptions = {}): Model {
  const { channels = 1, bias = 'all', batchNorm = false, output = 'clean', seed = 0, batchNormEps } = options
  const { depth = channels === 1 ? 15 : 12, width = channels === 1 ? 64 : 96 } = options
  if (!Number.isSafeInteger(depth) || depth < 2 || !Number.isSafeInteger(width) || width < 1) {
    throw new InputError(`an FFDNet of depth ${depth} and width ${width}: expected whole numbers from 2 and from 1`)
  }
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`an FFDNet for images of ${channels} channels: expected 1 (grey) or 3 (colour)`)
  }
  const unshuffled = channels * FACTOR ** 2
  const chain = convolutionChain({
    depth,
    width,
    inputs: unshuffled + 1,
    outputs: unshuffled,
    bias,
    batchNorm,
    seed,
    ...(batchNormEps === undefined ? {} : { batchNormEps }),
  })
  const body = [
    padToEvenLayer('pad'),
    plainLayer('unshuffle', 'PixelUnshuffle', (x) => pixelUnshuffle(x, FACTOR)),
    noiseMapLayer('noise_map'),
    ...chain,
    plainLayer('shuffle', 'PixelShuffle', (x) => pixelShuffle(x, FACTOR)),
  ]
  const crop = plainLayer('crop', 'Cropping2D', (x, _, like = x) =>
    x.shape.join() === like.shape.join() ? x : slice(x, [0, 0, 0, 0], like.shape),
  )
  return {
    name: 'ffdnet',
    layers: [...body, crop],
    channels,
    output,
    multiple: 1,
    takesSigma: true,
    receptiveRadius: FACTOR * depth + FACTOR - 1,
    alignment: FACTOR,
    forward: (noisy, forwardOptions = {}) =>
      runLayer(crop, forwardOptions, sequence(body, noisy, forwardOptions), noisy),
  }
}

/** The layers of an FFDNet that have weights, with the activations between them: what a state dict numbers. */
export const chainOf = ({ layers }: Model): Model['layers'] => layers.slice(3, -2)
