import { openDevice, type TuningTable } from '@noisescope/core'
import { loadGpu } from '@noisescope/core/node'
import { expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint, variablesOf } from '../src/index.ts'
import { eventsOf, only, smallModel, smallRun } from './helpers/small-run.ts'

/** A table in which a candidate of each operation has won: the first or the last of their names. */
const winners = (at: 0 | -1): TuningTable => ({
  get: (key) => key.split(' | ').at(-1)?.split(', ').at(at),
  set: () => {},
  save: async () => {},
})

/** A run on a device of its own with a tuning table. */
async function trained(tuning: TuningTable, changes: Parameters<typeof smallRun>[1] = {}) {
  using device = await openDevice({ gpu: await loadGpu(), tuning })
  const run = smallRun(device, changes)
  const events = await eventsOf(run)
  const values = await device.read([...variablesOf(run.model), ...run.optimiser.state])
  return { events, values, algorithms: device.choices.made }
}

it('a run that goes on has the algorithms that it had, whatever has been tuned since, and ends at the same bits', async () => {
  const whole = await trained(winners(0), { checkpointEvery: 5 })
  const other = await trained(winners(-1))
  expect(other.algorithms, 'there is something to choose').not.toEqual(whole.algorithms)
  expect(other.values, 'the choice shows in the values').not.toEqual(whole.values)

  const { checkpoint } = only(whole.events, 'checkpoint')[1]!
  const resume = decodeCheckpoint(encodeCheckpoint(checkpoint), 'checkpoint')
  const resumed = await trained(winners(-1), { resume, tuneSeconds: 60, model: smallModel(99) })
  expect(resumed.values).toEqual(whole.values)
  expect(resumed.algorithms).toEqual(whole.algorithms)
  expect(only(resumed.events, 'tune'), 'nothing is left to tune').toEqual([])
  expect(only(resumed.events, 'resume')).toMatchObject([{ checkpoint: { step: 10 }, sameAdapter: true }])
})

it('a run of another adapter says so and chooses anew', async () => {
  const whole = await trained(winners(0), { epochs: 1 })
  const { checkpoint } = only(whole.events, 'checkpoint').at(-1)!
  const algorithms = Object.fromEntries(
    Object.entries(checkpoint.algorithms ?? {}).map(([key, name]) => [`another ${key}`, name]),
  )
  const resumed = await trained(winners(-1), { resume: { ...checkpoint, algorithms }, epochs: 2 })
  expect(only(resumed.events, 'resume')).toMatchObject([{ sameAdapter: false }])
  expect(resumed.algorithms).not.toEqual(whole.algorithms)
})
