import { backend, setBackend } from '@tensorflow/tfjs-core'
import { offerGpu } from './navigator-gpu.ts'

/**
 * Starts tfjs' WebGPU backend in Node, on Dawn. The backend asks for the best adapter and raises its limits by itself.
 * @returns its device.
 * @throws Error when it does not start.
 */
export async function startTfjsWebgpu(): Promise<GPUDevice> {
  await offerGpu()
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu')
  const started = await setBackend('webgpu')
  const webgpu = backend()
  if (!started || !(webgpu instanceof WebGPUBackend)) throw new Error('the WebGPU backend of tfjs did not start')
  return webgpu.device
}

/** Starts tfjs' WebAssembly backend. @throws Error when it does not start. */
export async function startTfjsWasm(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm')
  if (!(await setBackend('wasm'))) throw new Error('the WebAssembly backend of tfjs did not start')
}
