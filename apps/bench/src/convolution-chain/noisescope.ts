import { sub } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { adapterName } from '../adapter-name.ts'
import type { Contender } from '../workload.ts'
import type { ChainTask } from './task.ts'

/** Ours, as `noisescope denoise` runs a network. */
export const noisescope: Contender<ChainTask> = {
  library: 'noisescope',
  place: 'webgpu',
  open: async ({ model, values, input, shape, residual }) => {
    const device = await openDevice()
    const program = await device.compile(
      ({ x }) => {
        const y = model.forward(x)
        return { y: residual ? sub(x, y) : y }
      },
      { x: shape },
    )
    for (const [variable, value] of values) device.write(variable, value)
    return {
      adapter: adapterName(device.gpuDevice),
      step: async () => (await program.run({ x: input })).y,
      memory: () => ({ device: device.bytes, arena: program.arenaBytes, lowerBound: program.lowerBoundBytes }),
      close: () => device[Symbol.dispose](),
    }
  },
}
