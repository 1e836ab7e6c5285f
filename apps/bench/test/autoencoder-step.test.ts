import { expect, it } from 'vitest'
import { autoencoderStep } from '../src/autoencoder-step/workload.ts'
import { measure } from '../src/measure.ts'

/** Every kernel of the step is compiled, which takes a minute on a software adapter that others use too (milliseconds). */
const PATIENCE = 300_000

it(
  'measures two steps of ours after a warm-up, and its loss falls',
  async () => {
    const running = await autoencoderStep.start('noisescope', { batch: 2 })
    const round = await measure(running, { steps: 2, seconds: 0 })
    running.close()
    expect(running.adapter).not.toBe('')
    expect(round.steps).toBe(2)
    expect(round.values).toHaveLength(3)
    expect(autoencoderStep.check(round.values), `losses ${round.values.join(', ')}`).toBeUndefined()
  },
  PATIENCE,
)

it('refuses a side that it does not have', async () => {
  await expect(autoencoderStep.start('nobody', { batch: 2 })).rejects.toThrow(/noisescope, tfjs/)
})

it('refuses a batch of more images than there are', async () => {
  await expect(autoencoderStep.start('noisescope', { batch: 1_000_000 })).rejects.toThrow(/larger than/)
})
