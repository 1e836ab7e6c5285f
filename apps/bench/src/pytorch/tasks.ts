import { autoencoder } from '@noisescope/autoencoder'
import { dncnn } from '@noisescope/dncnn'
import { type Model, parametersOf } from '@noisescope/nn'
import type { AutoencoderTask } from '../autoencoder-step/workload.ts'
import type { ChainTask } from '../convolution-chain/task.ts'
import type { DncnnTask } from '../dncnn-step/workload.ts'
import type { PytorchTask } from './contender.ts'

/** An image through a chain of convolutions. */
export const chainForPytorch = ({ convolutions, input, shape, residual }: ChainTask): PytorchTask => ({
  network: 'chain',
  options: { relu: convolutions.map(({ relu }) => relu), residual },
  tensors: [
    { shape, values: input },
    ...convolutions.flatMap(({ weight, shape: kernel, bias }) => [
      { shape: kernel, values: weight },
      { shape: [bias.length], values: bias },
    ]),
  ],
})

/** A training step of the report's autoencoder. */
export const autoencoderForPytorch = (task: AutoencoderTask): PytorchTask => {
  const { noisy, clean, images, size, seed, learningRate, adamEps } = task
  const shape = [images, 1, size, size]
  return {
    network: 'autoencoder',
    options: { learningRate, adamEps },
    tensors: [{ shape, values: noisy }, { shape, values: clean }, ...initialParameters(autoencoder({ seed }))],
  }
}

/** A training step of DnCNN. */
export const dncnnForPytorch = (task: DncnnTask): PytorchTask => {
  const { noisy, noise, patches, size, depth, width, seed, learningRate, adamEps } = task
  const shape = [patches, 1, size, size]
  return {
    network: 'dncnn',
    options: { learningRate, adamEps },
    tensors: [{ shape, values: noisy }, { shape, values: noise }, ...initialParameters(dncnn({ depth, width, seed }))],
  }
}

const initialParameters = (model: Model): PytorchTask['tensors'] =>
  parametersOf(model).map(({ shape, initial }) => ({ shape, values: initial as Float32Array }))
