import { type Array as JaxArray, nn, numpy as np } from '@jax-js/jax'
import { dncnn } from '@noisescope/dncnn'
import { parametersOf } from '@noisescope/nn'
import { adapterName } from '../adapter-name.ts'
import { JAX, jaxArray, jaxConvolution, startJax } from '../peers/jax.ts'
import { jaxAdam } from '../training/jax-adam.ts'
import type { Contender } from '../workload.ts'
import type { DncnnTask } from './workload.ts'

const BATCH_NORM_EPS = 1e-5

/** By the statistics of the batch. No running averages are kept, which spares jax-js a little. */
function batchNorm(x: JaxArray, gamma: JaxArray, beta: JaxArray): JaxArray {
  const over = { keepdims: true }
  const axes = [0, 2, 3]
  const centred = x.ref.sub(np.mean(x, axes, over))
  const variance = np.mean(np.square(centred.ref), axes, over)
  const scale = gamma.reshape([1, -1, 1, 1]).div(np.sqrt(variance.add(BATCH_NORM_EPS)))
  return centred.mul(scale).add(beta.reshape([1, -1, 1, 1]))
}

/** The network of `dncnn`: its first and last convolutions have a weight, the others batch norm too. */
function network(parameters: JaxArray[], x: JaxArray, depth: number): JaxArray {
  let next = 0
  const take = () => parameters[next++] as JaxArray
  let y = nn.relu(jaxConvolution(x, take(), 1))
  for (let layer = 2; layer < depth; layer++) y = nn.relu(batchNorm(jaxConvolution(y, take(), 1), take(), take()))
  return jaxConvolution(y, take(), 1)
}

/** jax-js, its whole step compiled together by `jit`. */
export const jax: Contender<DncnnTask> = {
  library: JAX,
  place: 'webgpu',
  open: async ({ noisy, noise, patches, size, depth, width, seed, learningRate, adamEps }) => {
    const device = await startJax()
    const parameters = parametersOf(dncnn({ depth, width, seed })).map(({ initial, shape }) =>
      jaxArray(initial as Float32Array, shape),
    )
    const lossOf = (values: JaxArray[], x: JaxArray, y: JaxArray): JaxArray =>
      np.sum(np.square(network(values, x, depth).sub(y))).div(2 * patches)
    const { step, settle } = jaxAdam({ parameters, lossOf, learningRate, eps: adamEps })
    const shape = [patches, 1, size, size]
    return {
      adapter: adapterName(device),
      step: () => step(jaxArray(noisy, shape), jaxArray(noise, shape)),
      settle,
      close: () => device.destroy(),
    }
  },
}
