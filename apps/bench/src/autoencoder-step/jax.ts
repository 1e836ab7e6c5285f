import { type Array as JaxArray, lax, nn, numpy as np } from '@jax-js/jax'
import { autoencoder } from '@noisescope/autoencoder'
import { parametersOf } from '@noisescope/nn'
import { adapterName } from '../adapter-name.ts'
import { JAX, jaxArray, jaxConvolution, startJax } from '../peers/jax.ts'
import { jaxAdam } from '../training/jax-adam.ts'
import type { Contender } from '../workload.ts'
import type { AutoencoderTask } from './workload.ts'

/** Halves height and width; an odd one is padded with zeros, which no maximum behind a ReLU takes. */
function pool(x: JaxArray): JaxArray {
  const [, , h = 0, w = 0] = x.shape
  const even = h % 2 === 0 && w % 2 === 0
  const padded = even
    ? x
    : np.pad(x, [
        [0, 0],
        [0, 0],
        [0, h % 2],
        [0, w % 2],
      ])
  return lax.reduceWindow(padded, (window) => np.max(window), [1, 1, 2, 2], [1, 1, 2, 2])
}

const upsample = (x: JaxArray): JaxArray => np.repeat(np.repeat(x, 2, 2), 2, 3)

/** The network of `autoencoder`, up to the logits. */
function logits(parameters: JaxArray[], x: JaxArray): JaxArray {
  let next = 0
  const convolve = (input: JaxArray, padding: 0 | 1 = 1): JaxArray => {
    const [weight, bias] = [parameters[next], parameters[next + 1]] as [JaxArray, JaxArray]
    next += 2
    return jaxConvolution(input, weight, padding).add(bias.reshape([1, -1, 1, 1]))
  }
  const layer = (input: JaxArray, padding: 0 | 1 = 1) => nn.relu(convolve(input, padding))
  const code = pool(layer(pool(layer(pool(layer(x))))))
  return convolve(upsample(layer(upsample(layer(upsample(layer(code)))), 0)))
}

/** Binary cross-entropy of sigmoid(z) against y: the mean of softplus(z) - z y. */
function lossOf(parameters: JaxArray[], x: JaxArray, y: JaxArray): JaxArray {
  const z = logits(parameters, x)
  return np.mean(nn.softplus(z.ref).sub(z.mul(y)))
}

/** jax-js, its whole step compiled together by `jit`. */
export const jax: Contender<AutoencoderTask> = {
  library: JAX,
  place: 'webgpu',
  open: async ({ noisy, clean, images, size, seed, learningRate, adamEps }) => {
    const device = await startJax()
    const parameters = parametersOf(autoencoder({ seed })).map(({ initial, shape }) =>
      jaxArray(initial as Float32Array, shape),
    )
    const { step, settle } = jaxAdam({ parameters, lossOf, learningRate, eps: adamEps })
    const shape = [images, 1, size, size]
    return {
      adapter: adapterName(device),
      step: () => step(jaxArray(noisy, shape), jaxArray(clean, shape)),
      settle,
      close: () => device.destroy(),
    }
  },
}
