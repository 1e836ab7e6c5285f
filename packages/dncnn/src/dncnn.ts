import { InputError } from '@noisescope/core'
import { type Biases, convolutionChain, type Model, sequence } from '@noisescope/nn'

export interface DncnnOptions {
  /** Number of convolutions, at least 2; 17 (DnCNN-S) if not given, 20 is DnCNN-B. */
  readonly depth?: number
  /** Channels between the convolutions; 64 if not given. */
  readonly width?: number
  /** Image channels, 1 (grey, if not given) or 3. */
  readonly channels?: number
  /**
   * Convolutions with a bias: 'none' (if not given; without batch norm too, the network is free of biases, so scaling its
   * input scales its output), 'outer' (the first and the last), or 'all' (as where batch norm was merged into them).
   */
  readonly bias?: Biases
  /** Batch norm behind every convolution but the first and the last; true if not given. */
  readonly batchNorm?: boolean
  /** What batch norm adds to variances; 1e-5 if not given, as in PyTorch. */
  readonly batchNormEps?: number
  /** Distance of the taps of each convolution's kernel; 1 for all if not given. */
  readonly dilations?: readonly number[]
  /** Seed of the weights: He's normal, gamma near 0. */
  readonly seed?: number
}

/**
 * DnCNN (Zhang et al. 2017, "Beyond a Gaussian denoiser", Fig. 1): conv + ReLU, (conv + batch norm + ReLU) x (depth - 2),
 * conv, all 3x3 with zero padding. Its output is the noise, to be subtracted from the image.
 * Layers are conv_1, relu_1, conv_2, batch_norm_2, relu_2, ..., conv_17.
 * @throws InputError when depth, width, channels or dilations are no network.
 */
export function dncnn(options: DncnnOptions = {}): Model {
  const { depth = 17, width = 64, channels = 1, bias = 'none', batchNorm = true, seed = 0, ...rest } = options
  const { dilations } = rest
  if (!Number.isSafeInteger(depth) || depth < 2 || !Number.isSafeInteger(width) || width < 1) {
    throw new InputError(`a DnCNN of depth ${depth} and width ${width}: expected whole numbers from 2 and from 1`)
  }
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`a DnCNN for images of ${channels} channels: expected 1 (grey) or 3 (colour)`)
  }
  if (
    dilations !== undefined &&
    (dilations.length !== depth || !dilations.every((each) => Number.isSafeInteger(each) && each >= 1))
  ) {
    throw new InputError(
      `dilations ${dilations.join(', ')} of a DnCNN of depth ${depth}: expected one for each convolution, from 1`,
    )
  }
  const layers = convolutionChain({ depth, width, inputs: channels, outputs: channels, bias, batchNorm, seed, ...rest })
  return {
    name: 'dncnn',
    layers,
    channels,
    output: 'residual',
    multiple: 1,
    receptiveRadius: dilations?.reduce((sum, dilation) => sum + dilation, 0) ?? depth,
    forward: (noisy, forwardOptions = {}) => sequence(layers, noisy, forwardOptions),
  }
}
