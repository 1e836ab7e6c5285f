import { grad, type Array as JaxArray, jit } from '@jax-js/jax'
import { adapterName } from '../adapter-name.ts'
import { jaxNetwork, jaxParameters, referencesTo } from '../convolution-chain/jax-network.ts'
import type { ExplanationTask } from '../explanation/workload.ts'
import { JAX, jaxArray, startJax } from '../peers/jax.ts'
import type { Contender } from '../workload.ts'
import { onePixel } from './one-pixel.ts'

/** jax-js: `jit` of `grad`. */
export const jax: Contender<ExplanationTask> = {
  library: JAX,
  place: 'webgpu',
  open: async (task) => {
    const device = await startJax()
    const parameters = jaxParameters(task)
    const network = jaxNetwork(task)
    const target = jaxArray(onePixel(task), task.shape)
    const row = jit(
      grad(
        (x: JaxArray, at: JaxArray, weights: JaxArray[], biases: JaxArray[]): JaxArray =>
          network(x, weights, biases).mul(at).sum(),
      ),
    )
    return {
      adapter: adapterName(device),
      step: async () => {
        const gradient = row(jaxArray(task.input, task.shape), target.ref, ...referencesTo(parameters))
        return (await gradient.data()) as Float32Array
      },
      close: () => device.destroy(),
    }
  },
}
