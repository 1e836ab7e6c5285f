import { keyFrom, random, sizeOf, type Variable } from '@noisescope/core'
import { type Model, parametersOf } from '@noisescope/nn'

/** One 3x3 convolution with zero padding and a bias. */
export interface Convolution {
  /** [out, in, 3, 3]. */
  readonly weight: Float32Array
  readonly shape: readonly [number, number, number, number]
  readonly bias: Float32Array
  readonly relu: boolean
}

/** An image through a chain of convolutions, in the same words for all sides. */
export interface ChainTask {
  readonly model: Model
  readonly values: ReadonlyMap<Variable, Float32Array>
  readonly convolutions: readonly Convolution[]
  /** [n, c, h, w] on the 0..1 scale. */
  readonly input: Float32Array
  readonly shape: readonly [number, number, number, number]
  /** Whether the chain's result is subtracted from its input. */
  readonly residual: boolean
}

const SEED = 1
/** Streams of random numbers beyond those of any layer. */
const BIAS_STREAM = 1000
const INPUT_STREAM = 2000
/** Large enough that a side without biases is found out. */
const BIAS_SD = 0.05

/**
 * The task of a model that is a chain of convolutions, each with a bias; its weights are as the model starts, its biases and its
 * input random. Channels of the input are those of the first convolution.
 */
export function chainTask(
  model: Model,
  { images, height, width, reluLast }: { images: number; height: number; width: number; reluLast: boolean },
): ChainTask {
  const parameters = parametersOf(model)
  const values = new Map(
    parameters.map((parameter, i): [Variable, Float32Array] => [
      parameter,
      parameter.shape.length === 4
        ? (parameter.initial as Float32Array)
        : random('normal', keyFrom(SEED, BIAS_STREAM + i), sizeOf(parameter.shape)).map((z) => z * BIAS_SD),
    ]),
  )
  const weights = parameters.filter(({ shape }) => shape.length === 4)
  const convolutions = weights.map((weight, i): Convolution => {
    const bias = parameters[2 * i + 1]
    if (parameters[2 * i] !== weight || bias === undefined) throw new Error(`${model.name}: a convolution has no bias`)
    return {
      weight: valueOf(values, weight),
      shape: weight.shape as Convolution['shape'],
      bias: valueOf(values, bias),
      relu: reluLast || i < weights.length - 1,
    }
  })
  const shape = [images, model.channels, height, width] as const
  const input = random('uniform', keyFrom(SEED, INPUT_STREAM), sizeOf(shape))
  return { model, values, convolutions, input, shape, residual: model.output === 'residual' }
}

function valueOf(values: ReadonlyMap<Variable, Float32Array>, variable: Variable): Float32Array {
  const value = values.get(variable)
  if (value === undefined) throw new Error(`${variable.name} has no value`)
  return value
}

/** Operations of the convolutions for images of so many pixels in all, a multiply-add being two. */
export const chainOperations = (channels: readonly number[], pixels: number): number =>
  channels.slice(1).reduce((sum, outputs, i) => sum + 2 * 9 * (channels[i] ?? 0) * outputs * pixels, 0)
