import { openDevice } from '@noisescope/core/node'
import { ExplainSession, explainerOf, pixel } from '@noisescope/explain'
import { adapterName } from '../adapter-name.ts'
import type { Contender } from '../workload.ts'
import type { ExplanationTask } from './workload.ts'

/** Ours, as `noisescope explain` does it. */
export const noisescope: Contender<ExplanationTask> = {
  library: 'noisescope',
  place: 'webgpu',
  open: async ({ model, values, input, shape, method, x, y }) => {
    const device = await openDevice()
    for (const [variable, value] of values) device.write(variable, value)
    const [, , height, width] = shape
    const session = new ExplainSession(device, model, { width, height })
    const explainer = explainerOf(method)
    return {
      adapter: adapterName(device.gpuDevice),
      step: async () => {
        const [explanation] = await session.explain({ noisy: input, target: pixel(x, y) }, [explainer])
        return explanation?.maps[0]?.data ?? []
      },
      close: () => device[Symbol.dispose](),
    }
  },
}
