import { type Array as JaxArray, nn } from '@jax-js/jax'
import { jaxArray, jaxConvolution } from '../peers/jax.ts'
import type { ChainTask } from './task.ts'

/** Weights and biases, one of each for a convolution. */
export interface JaxParameters {
  readonly weights: JaxArray[]
  readonly biases: JaxArray[]
}

/** The chain's parameters on the device. */
export const jaxParameters = ({ convolutions }: ChainTask): JaxParameters => ({
  weights: convolutions.map(({ weight, shape }) => jaxArray(weight, shape)),
  biases: convolutions.map(({ bias }) => jaxArray(bias, [1, bias.length, 1, 1])),
})

/** References that a call may use up. */
export const referencesTo = ({ weights, biases }: JaxParameters): [JaxArray[], JaxArray[]] => [
  weights.map(({ ref }) => ref),
  biases.map(({ ref }) => ref),
]

/** The chain as a function for `jit` and `grad`. */
export const jaxNetwork =
  ({ convolutions, residual }: ChainTask) =>
  (x: JaxArray, weights: JaxArray[], biases: JaxArray[]): JaxArray => {
    const output = convolutions.reduce((y, { relu }, i) => {
      const z = jaxConvolution(y, weights[i] as JaxArray, 1).add(biases[i] as JaxArray)
      return relu ? nn.relu(z) : z
    }, x.ref)
    if (residual) return x.sub(output)
    x.dispose()
    return output
  }
