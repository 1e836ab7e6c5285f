import { InferenceSession, Tensor } from 'onnxruntime-node'
import { installedVersion } from '../peers/installed-version.ts'
import type { Contender, Place } from '../workload.ts'
import { ONNX_INPUT, ONNX_OUTPUT, onnxModel } from './onnx-model.ts'
import type { ChainTask } from './task.ts'

/** onnxruntime's native library with one of its execution providers. */
export const onnxruntimeNode = (provider: 'webgpu' | 'cpu'): Contender<ChainTask> => {
  const place: Place = provider === 'webgpu' ? 'webgpu' : 'processor'
  return {
    library: `onnxruntime-node ${installedVersion('onnxruntime-node')} ${provider}`,
    place,
    open: async (task) => {
      const session = await InferenceSession.create(onnxModel(task), { executionProviders: [provider] })
      return {
        step: async () => {
          const result = await session.run({ [ONNX_INPUT]: new Tensor('float32', task.input, task.shape) })
          return result[ONNX_OUTPUT]?.data as Float32Array
        },
        close: () => void session.release(),
      }
    },
  }
}
