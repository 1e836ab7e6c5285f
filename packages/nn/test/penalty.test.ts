import { add, fill, mean, mul, reshape, square } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint, type TrainingRun, variablesOf } from '../src/index.ts'
import { testDevice } from './helpers/device.ts'
import { eventsOf, numbersOf, only, smallModel, smallRun } from './helpers/small-run.ts'

/** Pulls what the first convolution puts out towards zero. */
const small: TrainingRun['penalty'] = {
  name: 'mean square of first',
  of: ({ first }) => mul(100, reshape(mean(square(first!)), [])),
}

describe('the penalty of a run', () => {
  it('is given what every layer puts out', async () => {
    const seen: string[][] = []
    const penalty: TrainingRun['penalty'] = {
      name: 'none',
      of: (taps) => {
        seen.push(Object.keys(taps))
        return fill(0)
      },
    }
    await eventsOf(smallRun(await testDevice(), { penalty, epochs: 1 }))
    expect(seen).toEqual([['first', 'norm', 'last']])
  })

  it('is in the losses that are told, and changes no weight when it is constant', async () => {
    const device = await testDevice()
    const without = await numbersOf(smallRun(device, { epochs: 1 }))
    const penalty = { name: 'two', of: () => fill(2) }
    const { losses, values } = await numbersOf(smallRun(device, { penalty, epochs: 1 }))
    expect(losses).toHaveLength(5)
    for (const [i, loss] of losses.entries()) expect(loss - (without.losses[i] as number)).toBeCloseTo(2, 6)
    expect(values).toEqual(without.values)
  })

  it('steers the training', async () => {
    const device = await testDevice()
    const sizeAfter = async (changes: Partial<TrainingRun>): Promise<number> => {
      const run = smallRun(device, changes)
      await eventsOf(run)
      const [weights] = await device.read(variablesOf(run.model))
      return Math.hypot(...(weights ?? []))
    }
    expect(await sizeAfter({ penalty: small })).toBeLessThan(0.8 * (await sizeAfter({})))
  })

  it('keeps a resumed run at the same numbers bit for bit', async () => {
    const device = await testDevice()
    const whole = smallRun(device, { checkpointEvery: 7, penalty: small })
    const events = await eventsOf(whole)
    const losses = only(events, 'step').map(({ loss }) => loss)
    const values = await device.read([...variablesOf(whole.model), ...whole.optimiser.state])
    const [first] = only(events, 'checkpoint').map(({ checkpoint }) => checkpoint)
    const resume = decodeCheckpoint(encodeCheckpoint(first!), 'checkpoint')
    const rest = await numbersOf(smallRun(device, { model: smallModel(99), penalty: small, resume }))
    expect(rest).toEqual({ losses: losses.slice(7), values })
  })

  it('is among what a resumed run must share', async () => {
    const device = await testDevice()
    const [checkpoint] = only(await eventsOf(smallRun(device, { epochs: 1, penalty: small })), 'checkpoint')
    const resume = checkpoint!.checkpoint
    const other = { name: 'another', of: () => add(fill(0), 0) }
    await expect(eventsOf(smallRun(device, { resume, penalty: other }))).rejects.toThrow(
      'it was made with penalty mean square of first, this run has another',
    )
    await expect(eventsOf(smallRun(device, { resume }))).rejects.toThrow(
      'it was made with penalty mean square of first, this run has none',
    )
  })
})
