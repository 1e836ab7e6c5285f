import { gradients, sumSquaresLoss } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { dncnn } from '@noisescope/dncnn'
import { adam, parametersOf } from '@noisescope/nn'
import { adapterName } from '../adapter-name.ts'
import type { Contender } from '../workload.ts'
import type { DncnnTask } from './workload.ts'

/** Ours, as `noisescope train` does it, except that each step waits for its loss as the peers' do. */
export const noisescope: Contender<DncnnTask> = {
  library: 'noisescope',
  place: 'webgpu',
  open: async ({ noisy, noise, patches, size, depth, width, seed, learningRate, adamEps }) => {
    const device = await openDevice()
    const model = dncnn({ depth, width, seed })
    const parameters = parametersOf(model)
    const values = parameters.map(({ value }) => value)
    const optimiser = adam(parameters, { eps: adamEps })
    const shape = [patches, 1, size, size]
    const program = await device.compile(
      (batch) => {
        const loss = sumSquaresLoss(model.forward(batch.noisy, { training: true }), batch.noise)
        optimiser.update(gradients(loss, values))
        return { loss }
      },
      { noisy: shape, noise: shape },
    )
    let steps = 0
    return {
      adapter: adapterName(device.gpuDevice),
      step: async () => {
        optimiser.prepare(device, ++steps, learningRate)
        return (await program.run({ noisy, noise })).loss
      },
      settle: () => device.idle(),
      memory: () => ({ device: device.bytes, arena: program.arenaBytes, lowerBound: program.lowerBoundBytes }),
      close: () => device[Symbol.dispose](),
    }
  },
}
