import { autoencoder, autoencoderLoss } from '@noisescope/autoencoder'
import { gradients } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { adam, parametersOf } from '@noisescope/nn'
import { adapterName } from '../adapter-name.ts'
import type { Contender } from '../workload.ts'
import type { AutoencoderTask } from './workload.ts'

/** Ours, as `noisescope train` does it, except that each step waits for its loss as tfjs' does. */
export const noisescope: Contender<AutoencoderTask> = {
  library: 'noisescope',
  place: 'webgpu',
  open: async ({ noisy, clean, images, size, seed, learningRate, adamEps }) => {
    const device = await openDevice()
    const model = autoencoder({ seed })
    const parameters = parametersOf(model)
    const values = parameters.map(({ value }) => value)
    const optimiser = adam(parameters, { eps: adamEps })
    const lossOf = autoencoderLoss('sigmoid')
    const shape = [images, 1, size, size]
    const program = await device.compile(
      (batch) => {
        const loss = lossOf(model.forward(batch.noisy, { training: true }), { clean: batch.clean })
        optimiser.update(gradients(loss, values))
        return { loss }
      },
      { noisy: shape, clean: shape },
    )
    let steps = 0
    return {
      adapter: adapterName(device.gpuDevice),
      step: async () => {
        optimiser.prepare(device, ++steps, learningRate)
        return (await program.run({ noisy, clean })).loss
      },
      settle: () => device.idle(),
      memory: () => ({ device: device.bytes, arena: program.arenaBytes, lowerBound: program.lowerBoundBytes }),
      close: () => device[Symbol.dispose](),
    }
  },
}
