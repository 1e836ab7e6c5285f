import { openDevice } from '@noisescope/core/node'
import { afterAll, expect, it } from 'vitest'
import { type Checkpoint, type TrainingEvent, train, variablesOf } from '../src/index.ts'
import { eventsOf, only, smallRun } from './helpers/small-run.ts'

const device = await openDevice()
afterAll(() => device[Symbol.dispose]())

const valuesOf = (run: ReturnType<typeof smallRun>) => device.read([...variablesOf(run.model), ...run.optimiser.state])

it('a state that is held before a validation goes on to the same numbers: the validation is done then', async () => {
  let calls = 0
  const validate = () => Promise.resolve(1 / ++calls)
  const whole = smallRun(device, { validate, holdState: true })
  const events = await eventsOf(whole)
  const values = await valuesOf(whole)
  const held = only(events, 'held').map(({ checkpoint }) => checkpoint)
  const second = held.find(({ step }) => step === 10)
  expect(second).toMatchObject({ step: 10, validations: [1] })

  calls = 1
  const resumed = smallRun(device, { validate, holdState: true, resume: second as Checkpoint })
  const later = await eventsOf(resumed)
  expect(later.find(({ kind }) => kind === 'epoch')).toMatchObject({ epoch: 2, step: 10, validation: 1 / 2 })
  expect(only(later, 'checkpoint').at(-1)?.checkpoint.validations).toEqual([1, 1 / 2, 1 / 3, 1 / 4])
  expect(await valuesOf(resumed)).toEqual(values)
})

it('states are only held where that is asked for', async () => {
  expect(only(await eventsOf(smallRun(device, { validate: () => Promise.resolve(1) })), 'held')).toEqual([])
})

it('how long a run takes is told before its first step, unless any adapter is done in that time', async () => {
  const kinds = async (estimateBeyond: number): Promise<TrainingEvent['kind'][]> => {
    const told: TrainingEvent['kind'][] = []
    for await (const event of train(smallRun(device, { estimateBeyond, epochs: 2 }))) {
      told.push(event.kind)
      if (event.kind !== 'estimate') continue
      expect(event.steps).toBe(10)
      expect(event.seconds).toBeGreaterThan(0)
    }
    return told
  }
  const told = await kinds(0)
  expect(told.indexOf('estimate')).toBeGreaterThan(told.lastIndexOf('compile'))
  expect(told.indexOf('estimate')).toBeLessThan(told.indexOf('step'))
  expect(await kinds(3600)).not.toContain('estimate')
})

it('an estimate changes no number of the run', async () => {
  const plain = smallRun(device)
  await eventsOf(plain)
  const values = await valuesOf(plain)
  const estimated = smallRun(device, { estimateBeyond: 0 })
  await eventsOf(estimated)
  expect(await valuesOf(estimated)).toEqual(values)
})
