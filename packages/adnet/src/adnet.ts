import { concat, InputError, mul, sub } from '@noisescope/core'
import {
  activationLayer,
  conv2dLayer,
  convolutionBlock,
  heNormal,
  type Model,
  plainLayer,
  runLayer,
  sequence,
} from '@noisescope/nn'

export interface AdnetOptions {
  /** Image channels, 1 (grey, if not given) or 3 (colour, in the order red, green, blue). */
  readonly channels?: number
  /** Channels between the convolutions; 64 if not given. */
  readonly width?: number
  /** Bias in the convolutions of the blocks; false if not given. The attention's convolution always has one. */
  readonly bias?: boolean
  /** Batch norm in blocks 1 to 15; true if not given. */
  readonly batchNorm?: boolean
  /** Seed of the weights: He's normal, gamma near 0. */
  readonly seed?: number
}

/** Blocks that are convolution, batch norm and ReLU; the one behind them is a convolution to the image's channels. */
const BLOCKS = 15
/** Blocks of the sparse mechanism whose convolutions skip every second pixel. */
const DILATED: readonly number[] = [2, 5, 9, 12]

/**
 * ADNet (Tian et al. 2020, "Attention-guided CNN for image denoising", Fig. 1): a sparse block (1 to 12) of plain and dilated
 * convolutions, a feature enhancement block (13 to 16) whose end joins the image, an attention block that weighs its noise
 * by a 1x1 convolution of both, and the reconstruction that subtracts it. Its output is the clean image.
 * Layers are conv_1, batch_norm_1, relu_1, ..., conv_16, concat, tanh, attention, noise (attention x conv_16), clean.
 * @throws InputError when width or channels are no network.
 */
export function adnet(options: AdnetOptions = {}): Model {
  const { channels = 1, width = 64, bias = false, batchNorm = true, seed = 0 } = options
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new InputError(`an ADNet of width ${width}: expected a whole number from 1`)
  }
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`an ADNet for images of ${channels} channels: expected 1 (grey) or 3 (colour)`)
  }
  const blocks = Array.from({ length: BLOCKS + 1 }, (_, i) => {
    const number = i + 1
    const last = number > BLOCKS
    return convolutionBlock({
      number,
      inputs: i === 0 ? channels : width,
      outputs: last ? channels : width,
      dilation: DILATED.includes(number) ? 2 : 1,
      bias,
      batchNorm: batchNorm && !last,
      relu: !last,
      seed,
    })
  }).flat()
  const join = plainLayer('concat', 'Concatenate', (x, _, ...others) => concat([x, ...others], 1))
  const attention = [
    activationLayer('tanh', 'tanh'),
    conv2dLayer({
      name: 'attention',
      inputs: 2 * channels,
      outputs: channels,
      kernel: 1,
      initialiser: heNormal,
      seed,
      stream: 2 * (BLOCKS + 2),
    }),
  ]
  const noise = plainLayer('noise', 'Multiply', (x, _, ...others) => others.reduce((a, b) => mul(a, b), x))
  const clean = plainLayer('clean', 'Subtract', (x, _, ...others) => others.reduce((a, b) => sub(a, b), x))
  return {
    name: 'adnet',
    layers: [...blocks, join, ...attention, noise, clean],
    channels,
    output: 'clean',
    multiple: 1,
    receptiveRadius: BLOCKS + 1 + DILATED.length,
    forward: (noisy, forwardOptions = {}) => {
      const features = sequence(blocks, noisy, forwardOptions)
      const weights = sequence(attention, runLayer(join, forwardOptions, noisy, features), forwardOptions)
      return runLayer(clean, forwardOptions, noisy, runLayer(noise, forwardOptions, weights, features))
    },
  }
}
