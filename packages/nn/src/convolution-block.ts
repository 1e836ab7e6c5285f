import { clampedNormal, heNormal } from './initialisers.ts'
import { activationLayer, BATCH_NORM_EPS, batchNorm2dLayer, conv2dLayer, type Layer } from './layers.ts'

/**
 * Start of batch norm's gamma in denoisers, as the PyTorch port of DnCNN draws it: so small that the network begins with a
 * residual near 0. From 1 instead, a short training ends 4 to 6 dB lower.
 */
const smallGamma = clampedNormal(Math.sqrt(2 / (9 * 64)), 0.025)

export interface ConvolutionBlockOptions {
  /** Place among the network's blocks, from 1: names the layers conv_3, batch_norm_3, relu_3. */
  readonly number: number
  readonly inputs: number
  readonly outputs: number
  readonly dilation?: number
  readonly bias: boolean
  readonly batchNorm: boolean
  /** What batch norm adds to variances; 1e-5 if not given. */
  readonly batchNormEps?: number
  readonly relu: boolean
  readonly seed: number
}

/** A 3x3 convolution that keeps the size, then batch norm and ReLU where asked for: what residual denoisers are made of. */
export function convolutionBlock(options: ConvolutionBlockOptions): Layer[] {
  const {
    number,
    inputs,
    outputs,
    dilation = 1,
    bias,
    batchNorm,
    batchNormEps: eps = BATCH_NORM_EPS,
    relu,
    seed,
  } = options
  const layers = [
    conv2dLayer({
      name: `conv_${number}`,
      inputs,
      outputs,
      dilation,
      bias,
      initialiser: heNormal,
      seed,
      stream: 2 * number,
    }),
  ]
  if (batchNorm) {
    const name = `batch_norm_${number}`
    layers.push(batchNorm2dLayer({ name, channels: outputs, eps, gamma: smallGamma, seed, stream: 2 * number + 1 }))
  }
  if (relu) layers.push(activationLayer(`relu_${number}`, 'relu'))
  return layers
}

/** Which convolutions of a chain have a bias: none, the first and the last, or all. */
export type Biases = 'none' | 'outer' | 'all'

export interface ConvolutionChainOptions {
  /** Number of convolutions, at least 2. */
  readonly depth: number
  /** Channels between the convolutions. */
  readonly width: number
  readonly inputs: number
  readonly outputs: number
  readonly bias: Biases
  /** Batch norm behind every convolution but the first and the last. */
  readonly batchNorm: boolean
  /** What batch norm adds to variances; 1e-5 if not given. */
  readonly batchNormEps?: number
  /** Distance of the taps of each convolution; 1 if not given. */
  readonly dilations?: readonly number[]
  readonly seed: number
}

/** conv + ReLU, (conv [+ batch norm] + ReLU) x (depth - 2), conv: the chain of DnCNN and FFDNet. */
export const convolutionChain = ({ depth, width, inputs, outputs, bias, ...rest }: ConvolutionChainOptions): Layer[] =>
  Array.from({ length: depth }, (_, i) => {
    const outer = i === 0 || i === depth - 1
    return convolutionBlock({
      number: i + 1,
      inputs: i === 0 ? inputs : width,
      outputs: i === depth - 1 ? outputs : width,
      bias: bias === 'all' || (bias === 'outer' && outer),
      batchNorm: rest.batchNorm && !outer,
      ...(rest.batchNormEps === undefined ? {} : { batchNormEps: rest.batchNormEps }),
      dilation: rest.dilations?.[i] ?? 1,
      relu: i < depth - 1,
      seed: rest.seed,
    })
  }).flat()
