import {
  add,
  assign,
  avgPool2d,
  batchNorm,
  batchNormTraining,
  conv2d,
  elu,
  inLayer,
  leakyRelu,
  maxPool2d,
  type Operand,
  type Padding,
  type Pair,
  relu,
  reshape,
  type Shape,
  sigmoid,
  sizeOf,
  type Tensor,
  tanh,
  upsampleNearest,
  Variable,
  zeroVariable,
} from '@noisescope/core'
import { constantInitialiser, glorotUniform, type Initialiser } from './initialisers.ts'

/** Activations of named layers, collected while a model runs forward. */
export type Taps = Record<string, Tensor>

export interface ForwardOptions {
  /** Batch statistics and their running averages, instead of the stored ones. */
  readonly training?: boolean
  /** Filled with the output of every layer, by layer name. */
  readonly taps?: Taps
  /**
   * Standard deviation of the noise on the 0..1 scale, for models that are told it: one for all images, or a tensor that
   * broadcasts to [n, 1, h, w], so one for each image or each pixel. Others ignore it.
   */
  readonly sigma?: Operand
}

/** One named step of a network. */
export interface Layer {
  readonly name: string
  /** The kind as Keras' summaries print it: Conv2D, MaxPooling2D, ... */
  readonly kind: string
  /** What the optimiser changes. */
  readonly parameters: readonly Variable[]
  /** What training changes otherwise: running statistics. */
  readonly statistics: readonly Variable[]
  /** `others` are the further inputs of a layer that joins several. */
  forward(x: Tensor, options: ForwardOptions, ...others: readonly Tensor[]): Tensor
}

const activations = {
  linear: (x: Tensor): Tensor => x,
  relu,
  leakyRelu: (x: Tensor): Tensor => leakyRelu(x),
  elu: (x: Tensor): Tensor => elu(x),
  sigmoid,
  tanh,
}

export type Activation = keyof typeof activations

export interface Conv2dLayerOptions {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly kernel?: number
  readonly padding?: Padding
  readonly stride?: Pair
  readonly dilation?: Pair
  readonly bias?: boolean
  readonly activation?: Activation
  readonly initialiser?: Initialiser
  /** Seed and number of this layer's weights among the model's. */
  readonly seed: number
  readonly stream: number
}

/** A convolution with bias and activation; weights `name.weight` [out, in, kh, kw] and `name.bias` [out]. */
export function conv2dLayer(options: Conv2dLayerOptions): Layer {
  const {
    name,
    inputs,
    outputs,
    kernel = 3,
    padding = 'same',
    stride = 1,
    dilation = 1,
    bias = true,
    activation = 'linear',
  } = options
  const shape: Shape = [outputs, inputs, kernel, kernel]
  const weight = new Variable(`${name}.weight`, shape, () =>
    (options.initialiser ?? glorotUniform)(shape, options.seed, options.stream),
  )
  const offset = bias ? zeroVariable(`${name}.bias`, [outputs]) : undefined
  return {
    name,
    kind: 'Conv2D',
    parameters: offset === undefined ? [weight] : [weight, offset],
    statistics: [],
    forward: (x) => {
      const y = conv2d(x, weight.value, { stride, dilation, padding })
      return activations[activation](offset === undefined ? y : add(y, reshape(offset.value, [1, outputs, 1, 1])))
    },
  }
}

/** What batch norm adds to variances unless told otherwise, as in PyTorch. */
export const BATCH_NORM_EPS = 1e-5

/** Batch normalisation with `name.weight`, `name.bias`, `name.running_mean`, `name.running_var`, as PyTorch names them. */
export function batchNorm2dLayer(options: {
  readonly name: string
  readonly channels: number
  readonly gamma?: Initialiser
  readonly eps?: number
  readonly momentum?: number
  readonly seed: number
  readonly stream: number
}): Layer {
  const { name, channels, eps = BATCH_NORM_EPS, momentum = 0.1, gamma: initialiser = constantInitialiser(1) } = options
  const gamma = new Variable(`${name}.weight`, [channels], () => initialiser([channels], options.seed, options.stream))
  const beta = zeroVariable(`${name}.bias`, [channels])
  const runningMean = zeroVariable(`${name}.running_mean`, [channels])
  const runningVariance = new Variable(`${name}.running_var`, [channels], new Float32Array(channels).fill(1))
  const values = {
    gamma: gamma.value,
    beta: beta.value,
    runningMean: runningMean.value,
    runningVariance: runningVariance.value,
  }
  return {
    name,
    kind: 'BatchNormalization',
    parameters: [gamma, beta],
    statistics: [runningMean, runningVariance],
    forward: (x, { training = false }) => {
      if (!training) return batchNorm(x, values, eps)
      const step = batchNormTraining(x, values, momentum, eps)
      assign(runningMean, step.runningMean)
      assign(runningVariance, step.runningVariance)
      return step.y
    },
  }
}

/** A layer without variables, of one input or several. */
export const plainLayer = (name: string, kind: string, forward: Layer['forward']): Layer => ({
  name,
  kind,
  parameters: [],
  statistics: [],
  forward,
})

/** Max pooling; 'same' as in Keras, 7 -> 4. */
export const maxPool2dLayer = (name: string, size: Pair = 2, padding: Padding = 'same'): Layer =>
  plainLayer(name, 'MaxPooling2D', (x) => maxPool2d(x, { size, padding }))

/** Average pooling over the pixels inside the image. */
export const avgPool2dLayer = (name: string, size: Pair = 2, padding: Padding = 'same'): Layer =>
  plainLayer(name, 'AveragePooling2D', (x) => avgPool2d(x, { size, padding }))

/** Nearest-neighbour upsampling by a whole factor. */
export const upsampling2dLayer = (name: string, scale: Pair = 2): Layer =>
  plainLayer(name, 'UpSampling2D', (x) => upsampleNearest(x, scale))

/** An activation as a layer of its own, with its own tap. */
export const activationLayer = (name: string, activation: Activation): Layer =>
  plainLayer(name, 'Activation', (x) => activations[activation](x))

/** Runs one layer under its name and fills its tap. */
export function runLayer(layer: Layer, options: ForwardOptions, x: Tensor, ...others: readonly Tensor[]): Tensor {
  const y = inLayer(layer.name, () => layer.forward(x, options, ...others))
  if (options.taps !== undefined) options.taps[layer.name] = y
  return y
}

/** Runs layers one after another, each under its name, and fills the taps. */
export const sequence = (layers: readonly Layer[], x: Tensor, options: ForwardOptions): Tensor =>
  layers.reduce((y, layer) => runLayer(layer, options, y), x)

/** Number of trained values. */
export const countParameters = (layers: readonly Layer[]): number =>
  layers.flatMap((layer) => layer.parameters).reduce((total, { shape }) => total + sizeOf(shape), 0)
