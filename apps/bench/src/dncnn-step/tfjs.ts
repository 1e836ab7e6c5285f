import { dncnn } from '@noisescope/dncnn'
import { div, square, sub, sum, type Tensor, tensor, tidy, train, transpose, version_core } from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { startTfjsWebgpu } from '../peers/tfjs.ts'
import { tfjsTraining } from '../training/tfjs-step.ts'
import type { Contender } from '../workload.ts'
import type { DncnnTask } from './workload.ts'

const BATCH_NORM_EPS = 1e-5
/** Share of the running averages that stays; PyTorch's momentum of 0.1 is the share that is new. */
const BATCH_NORM_MOMENTUM = 0.9

/** The network of `dncnn`, layer by layer, channels last. */
function network({ size, depth, width }: DncnnTask): Sequential {
  const conv = (filters: number, inputShape?: number[]) =>
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...(inputShape && { inputShape }) })
  const relu = () => layers.activation({ activation: 'relu' })
  const middle = Array.from({ length: depth - 2 }, () => [
    conv(width),
    layers.batchNormalization({ epsilon: BATCH_NORM_EPS, momentum: BATCH_NORM_MOMENTUM }),
    relu(),
  ])
  return sequential({ layers: [conv(width, [size, size, 1]), relu(), ...middle.flat(), conv(1)] })
}

/** The weights that ours starts from, layer by layer: kernels OIHW -> HWIO, vectors as they are. */
function setInitialWeights(model: Sequential, { depth, width, seed }: DncnnTask): void {
  const ours = dncnn({ depth, width, seed }).layers
  for (const [i, layer] of model.layers.entries()) {
    const variables = [...(ours[i]?.parameters ?? []), ...(ours[i]?.statistics ?? [])]
    const values = variables.map(({ initial, shape }): Tensor => {
      const value = tensor(initial, [...shape])
      return shape.length === 4 ? transpose(value, [2, 3, 1, 0]) : value
    })
    layer.setWeights(values)
  }
}

/** tfjs' layers on its WebGPU backend. */
export const tfjs: Contender<DncnnTask> = {
  library: `tfjs-webgpu ${version_core}`,
  place: 'webgpu',
  open: async (task) => {
    const { noisy, noise, patches, size, learningRate, adamEps } = task
    const device = await startTfjsWebgpu()
    const model = network(task)
    tidy(() => setInitialWeights(model, task))
    model.compile({
      optimizer: train.adam(learningRate, 0.9, 0.999, adamEps),
      loss: (truth: Tensor, output: Tensor) => div(sum(square(sub(output, truth))), 2 * patches),
    })
    return tfjsTraining(device, model, { input: noisy, truth: noise, shape: [patches, size, size, 1] })
  },
}
