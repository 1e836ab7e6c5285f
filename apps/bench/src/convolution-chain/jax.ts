import { jit } from '@jax-js/jax'
import { adapterName } from '../adapter-name.ts'
import { JAX, jaxArray, startJax } from '../peers/jax.ts'
import type { Contender } from '../workload.ts'
import { jaxNetwork, jaxParameters, referencesTo } from './jax-network.ts'
import type { ChainTask } from './task.ts'

/** jax-js, its whole network compiled together by `jit`. */
export const jax: Contender<ChainTask> = {
  library: JAX,
  place: 'webgpu',
  open: async (task) => {
    const device = await startJax()
    const parameters = jaxParameters(task)
    const network = jit(jaxNetwork(task))
    return {
      adapter: adapterName(device),
      step: async () => {
        const y = network(jaxArray(task.input, task.shape), ...referencesTo(parameters))
        return (await y.data()) as Float32Array
      },
      close: () => device.destroy(),
    }
  },
}
