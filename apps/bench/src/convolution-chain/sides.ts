import { pytorch } from '../pytorch/contender.ts'
import { chainForPytorch } from '../pytorch/tasks.ts'
import type { Side } from '../workload.ts'
import type { ChainTask } from './task.ts'

/** Everyone who can run a chain of convolutions, ours first. */
export const chainSides: Readonly<Record<string, Side<ChainTask>>> = {
  noisescope: { quick: true, load: async () => (await import('./noisescope.ts')).noisescope },
  'onnxruntime-node-webgpu': {
    quick: true,
    load: async () => (await import('./onnxruntime-node.ts')).onnxruntimeNode('webgpu'),
  },
  'onnxruntime-web-webgpu': {
    quick: false,
    load: async () => (await import('./onnxruntime-web.ts')).onnxruntimeWeb('webgpu'),
  },
  'tfjs-webgpu': { quick: false, load: async () => (await import('./tfjs.ts')).tfjsWebgpu },
  'jax-js': { quick: true, load: async () => (await import('./jax.ts')).jax },
  'onnxruntime-node-cpu': {
    quick: true,
    load: async () => (await import('./onnxruntime-node.ts')).onnxruntimeNode('cpu'),
  },
  'onnxruntime-web-wasm': {
    quick: false,
    load: async () => (await import('./onnxruntime-web.ts')).onnxruntimeWeb('wasm'),
  },
  'tfjs-wasm': { quick: false, load: async () => (await import('./tfjs.ts')).tfjsWasm },
  pytorch: { quick: false, load: () => pytorch(chainForPytorch) },
}
