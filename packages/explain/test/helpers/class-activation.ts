import {
  type Device,
  evaluate,
  gradients,
  inputTensor,
  mean,
  mul,
  type Shape,
  sum,
  upsampleNearest,
  type Values,
} from '@noisescope/core'
import {
  activationLayer,
  constantInitialiser,
  conv2dLayer,
  heNormal,
  type Layer,
  type Model,
  maxPool2dLayer,
  plainLayer,
  sequence,
  upsampling2dLayer,
  variablesOf,
} from '@noisescope/nn'
import type { Size, Subject, Target } from '../../src/index.ts'
import { traceModel } from '../../src/index.ts'

const modelOf = (name: string, layers: readonly Layer[], output: Model['output'] = 'clean'): Model => ({
  name,
  layers,
  channels: 1,
  output,
  multiple: 1,
  forward: (noisy, options = {}) => sequence(layers, noisy, options),
})

const convolution = (number: number, inputs: number, outputs: number): Layer =>
  conv2dLayer({ name: `conv_${number}`, inputs, outputs, initialiser: heNormal, seed: 4, stream: number })

/** The worked example of the class-activation methods: a 4x4 image, two channels of 2x2, and an image made from them. */
export function workedExample(device: Device): { model: Model; subject: Subject; size: Size } {
  const conv = conv2dLayer({
    name: 'conv',
    inputs: 1,
    outputs: 2,
    padding: 'valid',
    initialiser: constantInitialiser(1),
    seed: 0,
    stream: 0,
  })
  const image = plainLayer('image', 'Image', (x) => upsampleNearest(mean(x, [1]), 2))
  const [, bias] = conv.parameters
  device.write(bias!, Float32Array.of(-50, -75))
  return {
    model: modelOf('worked-example', [conv, activationLayer('relu', 'relu'), image]),
    subject: {
      noisy: Float32Array.from({ length: 16 }, (_, i) => i),
      target: weighed('relu', [1, 1, 1, 1, 1, -1, -1, -1]),
    },
    size: { width: 4, height: 4 },
  }
}

/** T = sum of weights x what a layer puts out. */
export const weighed = (layer: string, weights: readonly number[]): Target => ({
  kind: 'channel',
  of: { layer },
  text: `weights of ${layer}`,
  form: `weights of ${layer}`,
  needsClean: false,
  tensor: ({ layers }) => layers.get(layer)!,
  weights: () => Float32Array.from(weights),
  value: ({ layers }, weight) => sum(mul(weight, layers.get(layer)!), [1, 2, 3]),
})

/** Layers at two sizes: conv_1, relu_1, pool, conv_2, relu_2, up, conv_3; the last is linear and makes the image. */
export const pooledModel = (): Model =>
  modelOf('pooled', [
    convolution(1, 1, 4),
    activationLayer('relu_1', 'relu'),
    maxPool2dLayer('pool', 2),
    convolution(2, 4, 3),
    activationLayer('relu_2', 'relu'),
    upsampling2dLayer('up', 2),
    convolution(3, 3, 1),
  ])

/** A layer's activation and gradient in float64, one array a channel. */
export interface Exact {
  readonly shape: Shape
  readonly activation: number[][]
  readonly gradient: number[][]
}

/** What evaluating the model in float64, with the weights on the device, gives at an image. */
export class ExactModel {
  readonly #model: Model
  readonly #size: Size
  readonly #variables: Map<ReturnType<typeof variablesOf>[number], Float32Array>

  constructor(model: Model, size: Size, variables: ExactModel['variables']) {
    this.#model = model
    this.#size = size
    this.#variables = variables
  }

  static async read(device: Device, model: Model, size: Size): Promise<ExactModel> {
    const variables = variablesOf(model)
    const values = await device.read(variables)
    return new ExactModel(model, size, new Map(variables.map((variable, i) => [variable, values[i]!])))
  }

  get variables(): Map<ReturnType<typeof variablesOf>[number], Float32Array> {
    return this.#variables
  }

  /** T and, for every layer, A and g. */
  layers(noisy: ArrayLike<number>, target: Target): { value: number; layers: Map<string, Exact> } {
    const { value, traced, inputs } = this.#trace(noisy, target)
    const names = [...traced.layers.keys()]
    const activations = names.map((name) => traced.layers.get(name)!)
    const [t, ...all] = evaluate([value, ...activations, ...gradients(value, activations)], inputs)
    const layers = names.map((name, i): [string, Exact] => {
      const [activation, gradient] = [all[i]!, all[names.length + i]!]
      return [name, { shape: activation.shape, activation: channelsOf(activation), gradient: channelsOf(gradient) }]
    })
    return { value: t!.data[0]!, layers: new Map(layers) }
  }

  /** T alone. */
  value(noisy: ArrayLike<number>, target: Target): number {
    const { value, inputs } = this.#trace(noisy, target)
    return evaluate([value], inputs)[0]!.data[0]!
  }

  #trace(noisy: ArrayLike<number>, target: Target) {
    const shape = [1, this.#model.channels, this.#size.height, this.#size.width]
    const traced = traceModel(this.#model, inputTensor('noisy', shape), undefined)
    const tensor = target.tensor(traced)
    const value = target.value(traced, inputTensor('weights', tensor.shape), undefined)
    const inputs = { noisy, weights: target.weights(tensor.shape) }
    return { value, traced, inputs: { inputs, variables: this.#variables } }
  }
}

function channelsOf({ shape: [, channels = 1], data }: Values): number[][] {
  const pixels = data.length / channels
  return Array.from({ length: channels }, (_, c) => [...data.slice(c * pixels, (c + 1) * pixels)])
}

/** The largest difference of two maps over the largest value of the second. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(expected, Math.abs))
  const differences = Array.from(expected, (value, i) => Math.abs(actual[i]! - value))
  return Math.max(...differences) / largest
}

export const total = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
