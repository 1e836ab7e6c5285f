import { InferenceSession, Tensor } from 'onnxruntime-web/webgpu'
import { installedVersion } from '../peers/installed-version.ts'
import { offerGpu } from '../peers/navigator-gpu.ts'
import type { Contender } from '../workload.ts'
import { ONNX_INPUT, ONNX_OUTPUT, onnxModel } from './onnx-model.ts'
import type { ChainTask } from './task.ts'

/** onnxruntime's WebAssembly library with one of its execution providers. */
export const onnxruntimeWeb = (provider: 'webgpu' | 'wasm'): Contender<ChainTask> => ({
  library: `onnxruntime-web ${installedVersion('onnxruntime-web')} ${provider}`,
  place: provider === 'webgpu' ? 'webgpu' : 'processor',
  open: async (task) => {
    if (provider === 'webgpu') await offerGpu()
    const session = await InferenceSession.create(onnxModel(task), { executionProviders: [provider] })
    return {
      step: async () => {
        const result = await session.run({ [ONNX_INPUT]: new Tensor('float32', task.input, task.shape) })
        return result[ONNX_OUTPUT]?.data as Float32Array
      },
      close: () => void session.release(),
    }
  },
})
