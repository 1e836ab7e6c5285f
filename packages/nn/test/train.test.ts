import { DeviceLostError, fill, InputError, mul, NotFiniteError } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  decodeCheckpoint,
  encodeCheckpoint,
  epochOrder,
  noiseKey,
  type TrainingEvent,
  type TrainingRun,
  train,
  variablesOf,
} from '../src/index.ts'
import { testDevice } from './helpers/device.ts'
import { eventsOf, numbersOf, only, slopes, smallModel, smallRun } from './helpers/small-run.ts'

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

describe('training', () => {
  it('tells of compiling, each step, each epoch, the last checkpoint and the end, in this order', async () => {
    const events = await eventsOf(smallRun(await testDevice(), { epochs: 2 }))
    const kinds = events.map(({ kind }) => kind)
    const compiled = kinds.lastIndexOf('compile') + 1
    expect(compiled).toBeGreaterThan(0)
    const epoch = ['step', 'step', 'step', 'step', 'step', 'epoch']
    expect(kinds.slice(compiled)).toEqual([...epoch, ...epoch, 'checkpoint', 'end'])
    expect(
      only(events, 'step').map(({ step, epoch, batch, steps, batches }) => [step, epoch, batch, steps, batches]),
    ).toEqual(Array.from({ length: 10 }, (_, i) => [i + 1, Math.floor(i / 5) + 1, (i % 5) + 1, 10, 5]))
    const losses = only(events, 'step').map(({ loss }) => loss)
    expect(only(events, 'epoch').map(({ meanLoss }) => meanLoss)).toEqual([
      mean(losses.slice(0, 5)),
      mean(losses.slice(5)),
    ])
    expect(only(events, 'checkpoint')[0]?.checkpoint).toMatchObject({ step: 10, losses })
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'epochs', step: 10 })
  })

  it('tells of compiling while it compiles', async () => {
    const device = await testDevice()
    const compile = device.compile.bind(device)
    const gate = Promise.withResolvers<void>()
    const spy = vi.spyOn(device, 'compile').mockImplementation(async (trace, inputs, options) => {
      options?.onProgress?.(1, 2)
      await gate.promise
      return compile(trace, inputs, options)
    })
    onTestFinished(() => spy.mockRestore())
    const events = train(smallRun(device))
    // Were events held back until all is compiled, this would never come: the gate is still closed.
    expect((await events.next()).value).toEqual({ kind: 'compile', done: 1, total: 2 })
    gate.resolve()
    expect((await events.next()).value).toMatchObject({ kind: 'compile', done: 1 })
    await events.return()
  })

  it('tells the model the noise level that the noise was drawn with', async () => {
    const model = smallModel()
    const forward = vi.spyOn(model, 'forward')
    const level = fill(0.25, [4, 1, 1, 1])
    const corrupt: TrainingRun['corrupt'] = (clean) => ({ noisy: clean, noise: clean, sigma: level })
    await eventsOf(smallRun(await testDevice(), { model, corrupt, epochs: 1 }))
    expect(forward.mock.calls.length).toBeGreaterThan(0)
    for (const [, options] of forward.mock.calls) expect(options).toEqual({ training: true, sigma: level })
  })

  it('lowers the loss', async () => {
    const losses = only(await eventsOf(smallRun(await testDevice(), { epochs: 20 })), 'step').map(({ loss }) => loss)
    expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)) / 3)
  })

  it('gives the same numbers for the same seed and others for another', async () => {
    const device = await testDevice()
    const once = await numbersOf(smallRun(device))
    expect(await numbersOf(smallRun(device))).toEqual(once)
    expect((await numbersOf(smallRun(device, { seed: 8 }))).losses).not.toEqual(once.losses)
  })

  it('resumed from any checkpoint of a run, gives the rest of it bit for bit', async () => {
    const device = await testDevice()
    const whole = smallRun(device, { checkpointEvery: 5 })
    const events = await eventsOf(whole)
    const losses = only(events, 'step').map(({ loss }) => loss)
    const values = await device.read([...variablesOf(whole.model), ...whole.optimiser.state])
    const checkpoints = only(events, 'checkpoint').map(({ checkpoint }) => checkpoint)
    expect(checkpoints.map(({ step }) => step)).toEqual([5, 10, 15, 20])
    for (const checkpoint of checkpoints) {
      const resume = decodeCheckpoint(encodeCheckpoint(checkpoint), 'checkpoint')
      const rest = await numbersOf(smallRun(device, { model: smallModel(99), resume }))
      expect(rest, `from step ${checkpoint.step}`).toEqual({ losses: losses.slice(checkpoint.step), values })
    }
  })

  it('resumed in the middle of an epoch, gives the rest of it bit for bit, however often', async () => {
    const device = await testDevice()
    const { losses, values } = await numbersOf(smallRun(device))
    const told: number[] = []
    let resume
    for (let part = 0; part < 7; part++) {
      const stop = new AbortController()
      const run = smallRun(device, { signal: stop.signal, ...(resume && { resume }) })
      for await (const event of train(run)) {
        if (event.kind === 'step') told.push(event.loss)
        if (event.kind === 'step' && event.step % 3 === 0 && part < 6) stop.abort()
        if (event.kind === 'checkpoint') resume = event.checkpoint
      }
      if (part === 6) expect(await device.read([...variablesOf(run.model), ...run.optimiser.state])).toEqual(values)
    }
    expect(told).toEqual(losses)
  })

  it('a checkpoint every step changes no number', async () => {
    const device = await testDevice()
    expect(await numbersOf(smallRun(device, { checkpointEvery: 1 }))).toEqual(await numbersOf(smallRun(device)))
  })

  it('goes through all images once an epoch, in another order each', () => {
    const orders = [0, 1, 2].map((epoch) => epochOrder(100, 1, epoch))
    for (const order of orders) expect(order.toSorted()).toEqual(Uint32Array.from({ length: 100 }, (_, i) => i))
    expect(new Set(orders.map(String)).size).toBe(3)
    expect(epochOrder(100, 1, 0)).toEqual(orders[0])
    expect(epochOrder(100, 2, 0)).not.toEqual(orders[0])
  })

  it('every image comes first equally often', () => {
    const epochs = 4000
    const counts = new Float64Array(8)
    for (let epoch = 0; epoch < epochs; epoch++) counts[epochOrder(8, 3, epoch)[0] as number]!++
    const standardError = Math.sqrt((epochs / 8) * (7 / 8))
    for (const count of counts) expect(Math.abs(count - epochs / 8)).toBeLessThan(5 * standardError)
  })

  it('each step has noise of its own', () => {
    expect(new Set(Array.from({ length: 50 }, (_, step) => Array.from(noiseKey(1, step)).join())).size).toBe(50)
  })
})

describe('a run ends', () => {
  it('when it is stopped, after the steps in flight, with a checkpoint', async () => {
    const stop = new AbortController()
    const events: TrainingEvent[] = []
    for await (const event of train(smallRun(await testDevice(), { signal: stop.signal }))) {
      events.push(event)
      if (event.kind === 'step' && event.step === 2) stop.abort()
    }
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['checkpoint', 'end'])
    const { reason, step } = only(events, 'end')[0]!
    expect(reason).toBe('stopped')
    expect(step).toBeGreaterThanOrEqual(2)
    expect(step).toBeLessThan(20)
    expect(only(events, 'checkpoint')[0]?.checkpoint.step).toBe(step)
    expect(only(events, 'step')).toHaveLength(step)
  })

  it('before its first step when it was stopped before', async () => {
    const events = await eventsOf(smallRun(await testDevice(), { signal: AbortSignal.abort() }))
    expect(only(events, 'step')).toEqual([])
    expect(only(events, 'checkpoint')[0]?.checkpoint.step).toBe(0)
    expect(events.at(-1)).toMatchObject({ reason: 'stopped', step: 0 })
  })

  it('when its time is over, with a checkpoint', async () => {
    const events = await eventsOf(smallRun(await testDevice(), { epochs: 1_000_000, maxSeconds: 0.5 }))
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'time' })
    expect(events.at(-2)).toMatchObject({ kind: 'checkpoint', checkpoint: { step: only(events, 'step').length } })
    for (const { secondsLeft } of only(events, 'step')) expect(secondsLeft).toBeGreaterThanOrEqual(0)
    for (const { secondsLeft } of only(events, 'step')) expect(secondsLeft).toBeLessThanOrEqual(0.5)
  })

  it('when validation has not improved for as many epochs as it has patience', async () => {
    const results = [5, 3, 4, 3, 1, 1]
    let epoch = 0
    const events = await eventsOf(
      smallRun(await testDevice(), { epochs: 6, patience: 2, validate: async () => results[epoch++] as number }),
    )
    expect(only(events, 'epoch').map(({ validation }) => validation)).toEqual([5, 3, 4, 3])
    expect(events.at(-1)).toMatchObject({ reason: 'patience', step: 20 })
  })

  it('after its epochs when patience runs out with the last of them', async () => {
    const events = await eventsOf(smallRun(await testDevice(), { epochs: 2, patience: 1, validate: async () => 1 }))
    expect(events.at(-1)).toMatchObject({ reason: 'epochs', step: 10 })
  })

  it('at the same epoch when it was resumed in between', async () => {
    const device = await testDevice()
    const results = [5, 3, 4, 3, 1, 1]
    const reasonsFrom = async (stopAfter: number) => {
      let epoch = 0
      const validate = async () => results[epoch++] as number
      const stop = new AbortController()
      let resume
      for await (const event of train(smallRun(device, { epochs: 6, patience: 2, validate, signal: stop.signal }))) {
        if (event.kind === 'epoch' && event.epoch === stopAfter) stop.abort()
        if (event.kind === 'checkpoint') resume = decodeCheckpoint(encodeCheckpoint(event.checkpoint), 'checkpoint')
      }
      const rest = await eventsOf(smallRun(device, { epochs: 6, patience: 2, validate, ...(resume && { resume }) }))
      return rest.at(-1)
    }
    for (const epoch of [1, 2, 3, 4])
      expect(await reasonsFrom(epoch), `after epoch ${epoch}`).toMatchObject({ reason: 'patience', step: 20 })
  })

  it('and frees its program, also when nobody listens any longer', async () => {
    const device = await testDevice()
    const run = smallRun(device)
    await eventsOf(run)
    const before = device.bytes
    for await (const event of train(run)) if (event.kind === 'compile') break
    await device.compile(({ x }) => ({ y: mul(x, 2) }), { x: [1] }).then((program) => program[Symbol.dispose]())
    await device.idle()
    expect(device.bytes).toBe(before)
    for await (const event of train(run)) if (event.kind === 'step') break
    expect(device.bytes).toBe(before)
  })
})

describe('a run fails', () => {
  it('at the step where the loss is not finite, naming it, and leaves the last checkpoint intact', async () => {
    const device = await testDevice()
    const data = slopes(22)
    const spoilt = {
      ...data,
      batch: (indices: ArrayLike<number>, step: number) =>
        data.batch(indices, step).fill(step === 12 ? Number.NaN : 0.5, 0, 1),
    }
    const events: TrainingEvent[] = []
    const failing = async () => {
      for await (const event of train(smallRun(device, { data: spoilt, checkpointEvery: 4 }))) events.push(event)
    }
    const error = await failing().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(NotFiniteError)
    expect((error as Error).message).toMatch(/the loss is NaN at step 13\b/)
    expect(only(events, 'step')).toHaveLength(12)
    const last = only(events, 'checkpoint').at(-1)!.checkpoint
    expect(last.step).toBe(12)
    const resume = decodeCheckpoint(encodeCheckpoint(last), 'checkpoint')
    const rest = await numbersOf(smallRun(device, { resume }))
    expect(rest.losses).toHaveLength(8)
    expect([...rest.losses, ...rest.values.flatMap((values) => [...values])].every(Number.isFinite)).toBe(true)
  })

  it('instead of keeping a checkpoint that is not finite', async () => {
    const run = smallRun(await testDevice(), { schedule: () => Number.POSITIVE_INFINITY, epochs: 1, batchSize: 22 })
    await expect(eventsOf(run)).rejects.toThrow(/holds NaN or infinity after step 1\b/)
    await expect(eventsOf(smallRun(await testDevice(), { schedule: () => Number.POSITIVE_INFINITY }))).rejects.toThrow(
      NotFiniteError,
    )
  })

  it('when a validation result is not finite, naming the step', async () => {
    const run = smallRun(await testDevice(), { validate: async () => Number.NaN })
    await expect(eventsOf(run)).rejects.toThrow(/validation gave NaN after step 5\b/)
  })

  it('with the reason when the device is lost in the middle', async () => {
    using device = await openDevice()
    const steps: number[] = []
    const failing = async () => {
      for await (const event of train(smallRun(device, { epochs: 100 }))) {
        if (event.kind === 'step') steps.push(event.step)
        if (event.kind === 'step' && event.step === 6) device.gpuDevice.destroy()
      }
    }
    await expect(failing()).rejects.toThrow(DeviceLostError)
    expect(steps.length).toBeGreaterThanOrEqual(6)
    expect(steps.length).toBeLessThan(500)
  })

  it('at once when it cannot do a step', async () => {
    const device = await testDevice()
    const wrong = [
      { batchSize: 23 },
      { batchSize: 0 },
      { batchSize: 1.5 },
      { epochs: 0 },
      { checkpointEvery: -1 },
      { patience: 1 },
    ]
    for (const changes of wrong)
      await expect(eventsOf(smallRun(device, changes)), JSON.stringify(changes)).rejects.toThrow(InputError)
  })
})
