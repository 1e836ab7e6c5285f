import { binaryCrossEntropy, meanSquaredErrorLoss, type Tensor } from '@noisescope/core'
import { conv2dLayer, type Layer, type Model, maxPool2dLayer, sequence, upsampling2dLayer } from '@noisescope/nn'

/** How the network ends, and the loss that belongs to it. */
export type AutoencoderEnd = 'sigmoid' | 'linear'

export interface AutoencoderOptions {
  /** Seed of the Glorot-uniform weights; biases start at zero. */
  readonly seed?: number
  /** 'sigmoid' with binary cross-entropy (default), or 'linear' with the mean squared error, as in the report's notebook. */
  readonly end?: AutoencoderEnd
}

/** Images that the network takes: 28 x 28, one channel. */
export const AUTOENCODER_SIZE = 28

/**
 * The report's convolutional autoencoder (its Fig. 4): seven 3x3 convolutions 1-64-32-16-16-32-64-1 with 49,761 parameters,
 * 28-14-7-4 by max pooling 'same' and back by nearest upsampling, where `conv2d_5` has no padding (16 -> 14).
 * Layers have the names that Keras gives them.
 */
export function autoencoder({ seed = 0, end = 'sigmoid' }: AutoencoderOptions = {}): Model {
  const conv = (
    stream: number,
    inputs: number,
    outputs: number,
    options: { padding?: 'same' | 'valid'; activation?: 'relu' | AutoencoderEnd } = {},
  ): Layer =>
    conv2dLayer({
      name: stream === 0 ? 'conv2d' : `conv2d_${stream}`,
      inputs,
      outputs,
      padding: options.padding ?? 'same',
      activation: options.activation ?? 'relu',
      seed,
      stream,
    })
  const layers = [
    conv(0, 1, 64),
    maxPool2dLayer('max_pooling2d'),
    conv(1, 64, 32),
    maxPool2dLayer('max_pooling2d_1'),
    conv(2, 32, 16),
    maxPool2dLayer('max_pooling2d_2'),
    conv(3, 16, 16),
    upsampling2dLayer('up_sampling2d'),
    conv(4, 16, 32),
    upsampling2dLayer('up_sampling2d_1'),
    conv(5, 32, 64, { padding: 'valid' }),
    upsampling2dLayer('up_sampling2d_2'),
    conv(6, 64, 1, { activation: end }),
  ]
  return {
    name: 'autoencoder',
    layers,
    channels: 1,
    output: 'clean',
    multiple: AUTOENCODER_SIZE,
    forward: (noisy, options = {}) => sequence(layers, noisy, options),
  }
}

/** The loss that belongs to an end: a scalar mean over all pixels. */
export const autoencoderLoss = (
  end: AutoencoderEnd,
): ((output: Tensor, truth: { readonly clean: Tensor }) => Tensor) =>
  end === 'sigmoid'
    ? (output, { clean }) => binaryCrossEntropy(output, clean)
    : (output, { clean }) => meanSquaredErrorLoss(output, clean)

/** How the report trained it, and what this project's shipped weights were trained with. */
export const autoencoderRecipe = {
  /** The report's batch sizes are 48 and 480, its learning rate 0.005; at 0.001 fewer channels die. */
  batchSize: 48,
  learningRate: 0.001,
  /** Keras' Adam. */
  adamEps: 1e-7,
} as const
