import { expect, it } from 'vitest'
import { autoencoderStep } from '../src/autoencoder-step/workload.ts'
import { measure } from '../src/measure.ts'

/** Every kernel of the step is compiled, which takes a minute on a software adapter that others use too (milliseconds). */
const PATIENCE = 1_200_000

const batchOf = (images: number) => ({ name: `batch ${images}`, items: images, images, when: 'always' }) as const

it(
  'measures two steps of ours after a warm-up, its loss falls, and its memory is told',
  async () => {
    const running = await autoencoderStep.start('noisescope', batchOf(2))
    const { steps, first, last, memory } = await measure(running, { steps: 2, seconds: 0 })
    running.close()
    expect(running.adapter).not.toBe('')
    expect(steps).toBe(2)
    expect(autoencoderStep.check(first, last), `losses ${first} and ${last}`).toBeUndefined()
    expect(memory?.arena).toBeGreaterThanOrEqual(memory?.lowerBound ?? Number.POSITIVE_INFINITY)
    expect(memory?.device).toBeGreaterThan(memory?.arena ?? Number.POSITIVE_INFINITY)
  },
  PATIENCE,
)

it('refuses a side that it does not have', async () => {
  await expect(autoencoderStep.start('nobody', batchOf(2))).rejects.toThrow(/noisescope, jax-js, tfjs-webgpu/)
})

it('refuses a batch of more images than there are', async () => {
  await expect(autoencoderStep.start('noisescope', batchOf(1_000_000))).rejects.toThrow(/larger than/)
})

it('counts the multiply-adds of every convolution in three passes', () => {
  const forward =
    9 *
    (64 * 28 ** 2 +
      64 * 32 * 14 ** 2 +
      32 * 16 * 7 ** 2 +
      16 * 16 * 4 ** 2 +
      16 * 32 * 8 ** 2 +
      32 * 64 * 14 ** 2 +
      64 * 28 ** 2)
  const [variant] = autoencoderStep.variants
  expect(variant?.operations).toBe(48 * 3 * 2 * forward)
})
