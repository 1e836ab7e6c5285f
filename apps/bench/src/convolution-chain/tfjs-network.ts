import { fused, sub, type Tensor4D, tensor1d, tensor4d, tidy, transpose } from '@tensorflow/tfjs-core'
import type { ChainTask } from './task.ts'

/** The chain on the backend that has been started, channels last as tfjs has it. */
export function tfjsNetwork({ convolutions, residual }: ChainTask): (x: Tensor4D) => Tensor4D {
  const parameters = convolutions.map(({ weight, shape, bias }) => ({
    filter: tidy(() => transpose(tensor4d(weight, [...shape]), [2, 3, 1, 0])),
    bias: tensor1d(bias),
  }))
  return (x) => {
    const output = convolutions.reduce((y, { relu }, i) => {
      const { filter, bias } = parameters[i] as (typeof parameters)[number]
      const activation = relu ? 'relu' : 'linear'
      return fused.conv2d({ x: y, filter, strides: 1, pad: 'same', bias, activation })
    }, x)
    return residual ? sub(x, output) : output
  }
}
