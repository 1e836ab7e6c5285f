import { grad, mul, sum, type Tensor4D, tensor4d, tidy, version_core } from '@tensorflow/tfjs-core'
// Registers the gradients of tfjs-core, which in Node has none of its own.
import '@tensorflow/tfjs-layers'
import { adapterName } from '../adapter-name.ts'
import { tfjsNetwork } from '../convolution-chain/tfjs-network.ts'
import type { ExplanationTask } from '../explanation/workload.ts'
import { startTfjsWebgpu } from '../peers/tfjs.ts'
import type { Contender } from '../workload.ts'
import { onePixel } from './one-pixel.ts'

/** tfjs' `grad` on its WebGPU backend. */
export const tfjs: Contender<ExplanationTask> = {
  library: `tfjs-webgpu ${version_core}`,
  place: 'webgpu',
  open: async (task) => {
    const device = await startTfjsWebgpu()
    const [n, c, h, w] = task.shape
    const network = tfjsNetwork(task)
    const target = tensor4d(onePixel(task), [n, h, w, c])
    const row = grad((x) => sum(mul(network(x as Tensor4D), target)))
    return {
      adapter: adapterName(device),
      step: async () => {
        const gradient = tidy(() => row(tensor4d(task.input, [n, h, w, c])))
        const result = await gradient.data<'float32'>()
        gradient.dispose()
        return result
      },
      close: () => device.destroy(),
    }
  },
}
