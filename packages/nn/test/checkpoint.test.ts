import { InputError, NotFiniteError } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import {
  adam,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  parametersOf,
  restoreCheckpoint,
  sgd,
  takeCheckpoint,
  variablesOf,
  writeSafetensors,
} from '../src/index.ts'
import { testDevice } from './helpers/device.ts'
import { eventsOf, only, smallModel, smallRun } from './helpers/small-run.ts'

const adamFor = (model = smallModel()) => ({ model, optimiser: adam(parametersOf(model)) })

/** A checkpoint of an untrained model. */
const fresh = async (settings: Record<string, string> = {}): Promise<Checkpoint> =>
  takeCheckpoint(await testDevice(), { ...adamFor(), step: 2, losses: [0.5, 0.25], validations: [], settings })

describe('checkpoints', () => {
  it('come back from a file as they were', async () => {
    const checkpoint = {
      ...(await fresh({ noise: 'Gaussian, sd 0.2' })),
      losses: [Math.fround(0.1), Math.fround(1 / 3)],
      validations: [0.1, 1 / 3],
      algorithms: { 'adapter | conv2d': 'direct 8' },
    }
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint), 'file')).toEqual(checkpoint)
  })

  it('are refused when a single byte of them is another', async () => {
    const bytes = encodeCheckpoint(await fresh({ noise: 'Gaussian, sd 0.2' }))
    const step = 7
    for (let i = 0; i < bytes.length; i += step) {
      for (const bit of [1, 0x40]) {
        const damaged = bytes.slice()
        damaged[i]! ^= bit
        // A space of the header's padding may be another without a change of what is said.
        const isSaid = bytes[i] !== 0x20
        if (isSaid) expect(() => decodeCheckpoint(damaged, 'file'), `byte ${i}, bit ${bit}`).toThrow(InputError)
      }
    }
    for (const length of [0, 8, 100, bytes.length >> 1, bytes.length - 1])
      expect(() => decodeCheckpoint(bytes.subarray(0, length), 'file'), `${length} bytes`).toThrow(InputError)
  })

  it('of an earlier version, which had no hash, are still read', () => {
    const losses = new Map([['run.losses', { shape: [1], data: Float32Array.of(1) }]])
    const metadata = { step: '1', settings: '{}', validations: '[]' }
    expect(decodeCheckpoint(writeSafetensors(losses, metadata), 'file').algorithms).toEqual({})
    const added = { ...metadata, algorithms: '{}' }
    expect(() => decodeCheckpoint(writeSafetensors(losses, added), 'file')).toThrow(/damaged/)
  })

  it('hold parameters, running statistics and moments', async () => {
    const { tensors } = await fresh()
    for (const name of [
      'first.weight',
      'norm.running_mean',
      'norm.running_var',
      'last.bias',
      'last.bias.adam_m',
      'last.bias.adam_v',
    ]) {
      expect([...tensors.keys()]).toContain(name)
    }
  })

  it('put every value back on the device', async () => {
    const device = await testDevice()
    const checkpoint = await fresh()
    const other = adamFor(smallModel(99))
    restoreCheckpoint(device, checkpoint, { ...other, settings: {} })
    const values = await device.read(variablesOf(other.model))
    for (const [i, { name }] of variablesOf(other.model).entries())
      expect(values[i], name).toEqual(checkpoint.tensors.get(name)?.data)
  })

  it('of other settings are refused, each difference by name', async () => {
    const device = await testDevice()
    const checkpoint = await fresh({ noise: 'Gaussian', rate: '0.01' })
    const restore = (settings: Record<string, string>) => () =>
      restoreCheckpoint(device, checkpoint, { ...adamFor(), settings })
    expect(restore({ noise: 'Gaussian', rate: '0.01' })).not.toThrow()
    expect(restore({ noise: 'Laplace', rate: '0.02' })).toThrow(
      /noise Gaussian, this run has Laplace.*rate 0.01, this run has 0.02/,
    )
    expect(restore({ noise: 'Gaussian' })).toThrow(/rate 0.01, this run has none/)
    expect(restore({ noise: 'Gaussian', rate: '0.01', loss: 'mse' })).toThrow(/loss not set, this run has mse/)
    expect(restore({})).toThrow(InputError)
  })

  it('of another optimiser or model are refused by name, and nothing is changed', async () => {
    const device = await testDevice()
    const checkpoint = await fresh()
    const model = smallModel(99)
    const before = await device.read(variablesOf(model))
    const tensors = new Map(checkpoint.tensors)
    tensors.delete('last.bias')
    tensors.set('first.weight', { shape: [1], data: new Float32Array(1) })
    const problems = () => restoreCheckpoint(device, { ...checkpoint, tensors }, { ...adamFor(model), settings: {} })
    expect(problems).toThrow(/it has 1 first.weight, expected 4x1x3x3.*it has no last.bias, expected 1/)
    const sgdOptimiser = sgd(parametersOf(model))
    expect(() => restoreCheckpoint(device, checkpoint, { model, optimiser: sgdOptimiser, settings: {} })).toThrow(
      /it has first.weight.adam_m, this run has none/,
    )
    expect(await device.read(variablesOf(model))).toEqual(before)
  })

  it('of a run with another batch size, seed or number of images are refused by train', async () => {
    const device = await testDevice()
    const events = await eventsOf(smallRun(device, { epochs: 1 }))
    const resume = only(events, 'checkpoint').at(-1)!.checkpoint
    for (const [changes, name] of [
      [{ batchSize: 2 }, 'batch size'],
      [{ seed: 1 }, 'seed'],
      [{ settings: { noise: 'other' } }, 'noise'],
    ] as const) {
      await expect(eventsOf(smallRun(device, { ...changes, resume })), name).rejects.toThrow(
        new RegExp(`${name}.*this run has`),
      )
    }
  })

  it('are not made of values that are not finite', async () => {
    const device = await testDevice()
    const run = adamFor()
    device.write(variablesOf(run.model)[0]!, new Float32Array(36).fill(Number.NaN))
    await expect(
      takeCheckpoint(device, { ...run, step: 3, losses: [1, 1, 1], validations: [], settings: {} }),
    ).rejects.toThrow(NotFiniteError)
  })

  it('are told from other files, whatever their metadata say', async () => {
    const losses = new Map([['run.losses', { shape: [1], data: Float32Array.of(1) }]])
    const good = { step: '1', settings: '{}', validations: '[]' }
    expect(decodeCheckpoint(writeSafetensors(losses, good), 'file').step).toBe(1)
    const wrong: Record<string, string>[] = [
      { ...good, step: '2' },
      { ...good, step: '-1' },
      { ...good, step: 'one' },
      { ...good, settings: '{' },
      { ...good, settings: 'null' },
      { ...good, settings: '{"a":1}' },
      { ...good, validations: '{}' },
      { ...good, validations: '["1"]' },
      {},
    ]
    for (const metadata of wrong)
      expect(() => decodeCheckpoint(writeSafetensors(losses, metadata), 'file'), JSON.stringify(metadata)).toThrow(
        InputError,
      )
    expect(() => decodeCheckpoint(writeSafetensors(new Map(), { ...good, step: '0' }), 'file')).toThrow(InputError)
    expect(() => decodeCheckpoint(new Uint8Array(100), 'file')).toThrow(InputError)
  })
})
