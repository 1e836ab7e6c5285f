import { autoencoder } from '@noisescope/autoencoder'
import { parametersOf } from '@noisescope/nn'
import { type Tensor, tensor, tidy, train, transpose, version_core } from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { startTfjsWebgpu } from '../peers/tfjs.ts'
import { tfjsTraining } from '../training/tfjs-step.ts'
import type { Contender } from '../workload.ts'
import type { AutoencoderTask } from './workload.ts'

/** The network of `autoencoder`, layer by layer, channels last. */
function network(size: number): Sequential {
  const conv = (filters: number, options: { padding?: 'valid'; activation?: 'sigmoid'; inputShape?: number[] } = {}) =>
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options })
  const pool = () => layers.maxPooling2d({ poolSize: 2, padding: 'same' })
  const upsample = () => layers.upSampling2d({ size: [2, 2] })
  return sequential({
    layers: [
      conv(64, { inputShape: [size, size, 1] }),
      pool(),
      conv(32),
      pool(),
      conv(16),
      pool(),
      conv(16),
      upsample(),
      conv(32),
      upsample(),
      conv(64, { padding: 'valid' }),
      upsample(),
      conv(1, { activation: 'sigmoid' }),
    ],
  })
}

/** The weights that ours starts from: kernels OIHW -> HWIO, biases as they are. */
const initialWeights = (seed: number): Tensor[] =>
  parametersOf(autoencoder({ seed })).map(({ initial, shape }) => {
    const values = tensor(initial, [...shape])
    return shape.length === 4 ? transpose(values, [2, 3, 1, 0]) : values
  })

/** tfjs' layers on its WebGPU backend. */
export const tfjs: Contender<AutoencoderTask> = {
  library: `tfjs-webgpu ${version_core}`,
  place: 'webgpu',
  open: async ({ noisy, clean, images, size, seed, learningRate, adamEps }) => {
    const device = await startTfjsWebgpu()
    const model = network(size)
    tidy(() => model.setWeights(initialWeights(seed)))
    model.compile({ optimizer: train.adam(learningRate, 0.9, 0.999, adamEps), loss: 'binaryCrossentropy' })
    return tfjsTraining(device, model, { input: noisy, truth: clean, shape: [images, size, size, 1] })
  },
}
