import { tensor4d, tidy, version_core } from '@tensorflow/tfjs-core'
import { adapterName } from '../adapter-name.ts'
import { startTfjsWasm, startTfjsWebgpu } from '../peers/tfjs.ts'
import type { Contender } from '../workload.ts'
import { channelsFirst, channelsLast } from './layout.ts'
import type { ChainTask } from './task.ts'
import { tfjsNetwork } from './tfjs-network.ts'

/** The steps of the backend that has been started. */
function chain(task: ChainTask) {
  const [n, c, h, w] = task.shape
  const forward = tfjsNetwork(task)
  const values = channelsLast(task.input, task.shape)
  const outputs = task.convolutions.at(-1)?.bias.length ?? 0
  return {
    step: async () => {
      const y = tidy(() => forward(tensor4d(values, [n, h, w, c])))
      const result = await y.data<'float32'>()
      y.dispose()
      return result
    },
    inOrder: (result: ArrayLike<number>) => channelsFirst(result, [n, outputs, h, w]),
  }
}

/** tfjs on its WebGPU backend. */
export const tfjsWebgpu: Contender<ChainTask> = {
  library: `tfjs-webgpu ${version_core}`,
  place: 'webgpu',
  open: async (task) => {
    const device = await startTfjsWebgpu()
    return { adapter: adapterName(device), ...chain(task), close: () => device.destroy() }
  },
}

/** tfjs on its WebAssembly backend. */
export const tfjsWasm: Contender<ChainTask> = {
  library: `tfjs-wasm ${version_core}`,
  place: 'processor',
  open: async (task) => {
    await startTfjsWasm()
    return { ...chain(task), close: () => {} }
  },
}
