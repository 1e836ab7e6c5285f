import { loadGpu } from '@noisescope/core/node'
import { backend, setBackend } from '@tensorflow/tfjs-core'

/**
 * Starts tfjs' WebGPU backend in Node, on Dawn: it looks for `navigator.gpu` while it is imported, so that is set first.
 * The backend asks for the best adapter and raises its limits by itself.
 * @returns its device.
 * @throws Error when it does not start.
 */
export async function startTfjs(): Promise<GPUDevice> {
  Object.defineProperty(globalThis.navigator, 'gpu', { value: await loadGpu(), configurable: true })
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu')
  const started = await setBackend('webgpu')
  const webgpu = backend()
  if (!started || !(webgpu instanceof WebGPUBackend)) throw new Error('the WebGPU backend of tfjs did not start')
  return webgpu.device
}
