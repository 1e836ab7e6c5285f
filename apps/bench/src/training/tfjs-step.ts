import { tensor4d } from '@tensorflow/tfjs-core'
import type { Sequential } from '@tensorflow/tfjs-layers'
import { adapterName } from '../adapter-name.ts'
import type { Running } from '../workload.ts'

/** A compiled network of tfjs that learns one batch [n, h, w, 1] by heart; a step uploads it and returns its loss. */
export function tfjsTraining(
  device: GPUDevice,
  model: Sequential,
  { input, truth, shape }: { input: Float32Array; truth: Float32Array; shape: [number, number, number, number] },
): Running {
  return {
    adapter: adapterName(device),
    step: async () => {
      const x = tensor4d(input, shape)
      const y = tensor4d(truth, shape)
      const loss = await model.trainOnBatch(x, y)
      x.dispose()
      y.dispose()
      return [Number(loss)]
    },
    settle: () => device.queue.onSubmittedWorkDone(),
    close: () => device.destroy(),
  }
}
