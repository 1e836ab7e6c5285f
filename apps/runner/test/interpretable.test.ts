import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { autoencoder } from '@noisescope/autoencoder'
import { dncnn } from '@noisescope/dncnn'
import { readSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type InterpretableFlags, interpretableTraining } from '../src/training-task.ts'
import { run, temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const tiny = { noise: 'gaussian', 'train-images': 8, 'test-images': 6, batchSize: 4, epochs: 1 }

beforeAll(() => writeFile(join(folder, 'tiny.json'), JSON.stringify({ ...tiny, interpretable: 'conv2d_3' })))
afterAll(() => temporary[Symbol.asyncDispose]())

const train = (...args: string[]) => run(folder, 'train', '--config', 'tiny.json', ...args)

test('a training with interpretable filters records them, says so of its loss, and measures where they fire', async () => {
  const { code, stdout, stderr } = await train('--run', 'parts', '--interpretable-weight', '0.5', '--json')
  expect(stderr).toContain('Loss: binary cross-entropy + 0.5 x part-template loss of conv2d_3;')
  expect(stderr).toMatch(
    /Location instability of filters.*\n {2}conv2d_3: .* of 16 filters fire.*\n {2}For comparison: 0\.\d+ one that always/,
  )
  expect(code, stderr).toBe(0)
  const metrics = JSON.parse(stdout)
  expect(metrics).toMatchObject({ interpretable: 'conv2d_3', interpretableWeight: 0.5 })
  expect(Object.keys(metrics.locationInstability)).toEqual(['conv2d_3'])
  const { mean, counted, images, filters } = metrics.locationInstability.conv2d_3
  expect(filters).toHaveLength(16)
  expect(images).toBe(6)
  expect(counted).toBe(filters.filter(({ instability }: { instability: unknown }) => instability !== null).length)
  expect(mean).toBeGreaterThan(0)
  expect(mean).toBeLessThan(1)

  const history = JSON.parse(await readFile(join(folder, 'runs/parts/history.json'), 'utf8'))
  expect(history).toMatchObject({
    loss: 'binary cross-entropy + 0.5 x part-template loss of conv2d_3',
    validationLoss: 'binary cross-entropy, without penalty',
  })
  const weights = readSafetensors(await readFile(join(folder, 'runs/parts/model.safetensors')), 'parts')
  expect(weights.metadata).toMatchObject({ interpretable: 'conv2d_3', interpretableWeight: '0.5' })
})

test.each([
  [['--interpretable', 'conv2d_1,conv9'], /^error: the autoencoder has no layer conv9; it has conv2d, .*\n$/],
  [['--interpretable-weight', '-1'], /^error: .*Expected a number from 0 up\.\n$/],
])('the command refuses %j in one line and begins no run', async (flags, message) => {
  const { code, stderr } = await train('--run', 'refused', ...flags)
  expect(stderr.replace(/^(Warning|Adapter): .*\n/gm, '')).toMatch(message)
  expect(code).toBe(2)
  await expect(access(join(folder, 'runs/refused'))).rejects.toThrow('ENOENT')
})

describe('the flags of interpretable filters', () => {
  const flags = (given: InterpretableFlags, batchSize = 4) =>
    interpretableTraining(autoencoder(), [batchSize, 1, 28, 28], given)

  test('left out change nothing', () => {
    expect(flags({})).toEqual({ layers: [], run: {}, notes: {} })
  })

  test('give a penalty that names layers and weight', () => {
    const { layers, run, notes } = flags({ interpretable: ['conv2d', 'conv2d_2'], interpretableWeight: 2 })
    expect(layers).toEqual(['conv2d', 'conv2d_2'])
    expect(run.penalty?.name).toBe('2 x part-template loss of conv2d, conv2d_2')
    expect(notes).toEqual({ interpretable: 'conv2d, conv2d_2', interpretableWeight: 2 })
  })

  test('with a weight of 0 only have the layers measured', () => {
    const { layers, run, notes } = flags({ interpretable: ['conv2d_2'], interpretableWeight: 0 })
    expect(layers).toEqual(['conv2d_2'])
    expect(run).toEqual({})
    expect(notes).toEqual({ interpretable: 'conv2d_2', interpretableWeight: 0 })
  })

  test('are refused that cannot be followed', () => {
    expect(() => flags({ interpretableWeight: 2 })).toThrow(/no use without --interpretable/)
    expect(() => flags({ interpretable: ['conv2d_1', 'conv2d_1'] })).toThrow(/conv2d_1 .* name it once/)
    expect(() => flags({ interpretable: ['conv2d_1'] }, 1)).toThrow(/of conv2d_1 .* expected at least 2/)
    const photographs = () => interpretableTraining(dncnn({ depth: 3 }), [2, 1, 8, 8], { interpretable: ['relu_9'] })
    expect(photographs).toThrow(/the dncnn has no layer relu_9; it has conv_1, relu_1/)
  })
})
