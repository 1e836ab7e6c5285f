import { defaultDevice, getWebGPUDevice, init, type Array as JaxArray, lax, numpy as np } from '@jax-js/jax'
import { installedVersion } from './installed-version.ts'
import { offerGpu } from './navigator-gpu.ts'

/** The library with its version. */
export const JAX = `jax-js ${installedVersion('@jax-js/jax')} webgpu`

/** Starts jax-js' WebGPU backend in Node, on Dawn. @returns its device. @throws Error when it does not start. */
export async function startJax(): Promise<GPUDevice> {
  await offerGpu()
  const started = await init('webgpu')
  if (!started.includes('webgpu')) throw new Error('the WebGPU backend of jax-js did not start')
  defaultDevice('webgpu')
  return getWebGPUDevice()
}

/** An array of these values. */
export const jaxArray = (values: Float32Array, shape: readonly number[]): JaxArray =>
  np.array(values as Float32Array<ArrayBuffer>, { shape: [...shape] })

/** A 3x3 convolution with a border of zeros, `padding` pixels wide, as [n, c, h, w] and [out, in, 3, 3]. */
export const jaxConvolution = (x: JaxArray, weight: JaxArray, padding: 0 | 1): JaxArray =>
  lax.convGeneralDilated(
    x,
    weight,
    [1, 1],
    [
      [padding, padding],
      [padding, padding],
    ],
  )
