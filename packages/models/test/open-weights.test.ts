import { type Model, type StoredTensor, variablesOf, writeSafetensors } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { modelKind, modelNames, openWeights } from '../src/index.ts'

const tensorsOf = (model: Model) =>
  new Map(variablesOf(model).map(({ name, shape, initial }) => [name, { shape, data: Float32Array.from(initial) }]))

/** Options of a small network; a kind takes those that it has. */
const smallest = { channels: 1, depth: 4, width: 4 }
const build = (name: string): Model => {
  const kind = modelKind(name)
  return kind.build(
    Object.fromEntries(Object.entries(smallest).filter(([option]) => kind.optionNames.some((each) => each === option))),
    3,
  )
}
const fileOf = (model: Model, notes: Record<string, string> = {}): Uint8Array =>
  writeSafetensors(tensorsOf(model), notes)

test.each(modelNames)('weights of %s that name their model are opened as it, every value in place', async (name) => {
  const model = build(name)
  const { kind, values, format } = await openWeights(fileOf(model, { model: name }), 'w.safetensors')
  expect(kind.name).toBe(name)
  expect(format).toBe('safetensors')
  const found = new Map([...values].map(([{ name: variable }, data]) => [variable, data]))
  expect(found).toEqual(new Map([...tensorsOf(model)].map(([variable, { data }]) => [variable, data])))
})

test.each([
  ['autoencoder', 'autoencoder'],
  ['adnet', 'adnet'],
  ['ffdnet', 'ffdnet'],
  ['dncnn-s', 'dncnn-s'],
])('weights of %s that say nothing are known by their tensors', async (name, recognised) => {
  const { kind, notes, noise } = await openWeights(fileOf(build(name)), 'w.safetensors')
  expect(kind.name).toBe(recognised)
  expect(notes).toEqual({})
  expect(noise).toBeUndefined()
})

test('what a file says of noise, levels, data set and end is read', async () => {
  const said = {
    model: 'autoencoder',
    options: '{"end":"linear"}',
    noise: '{"kind":"gaussian","sd":0.2}',
    sigma: '{"min":0.1,"max":0.3}',
    dataset: 'mnist',
  }
  const file = fileOf(modelKind('autoencoder').build({ end: 'linear' }), said)
  expect(await openWeights(file, 'w.safetensors')).toMatchObject({
    options: { end: 'linear' },
    noise: { kind: 'gaussian', sd: 0.2 },
    sigma: { min: 0.1, max: 0.3 },
    dataset: 'mnist',
    notes: said,
  })
  expect((await openWeights(file, 'w.safetensors', { end: 'sigmoid' })).options).toEqual({ end: 'sigmoid' })
})

test('a blind network that does not say its levels has those of its recipe', async () => {
  const { sigma } = await openWeights(fileOf(build('dncnn-b'), { model: 'dncnn-b' }), 'w.safetensors')
  expect(sigma).toEqual({ min: 0, max: 55 / 255 })
})

describe('refused are', () => {
  const dncnn = fileOf(build('dncnn-s'), { model: 'dncnn-s' })

  test('weights of another family than was asked for', async () => {
    await expect(openWeights(dncnn, 'w.safetensors', { model: 'ffdnet' })).rejects.toThrow(
      'w.safetensors holds weights of the model dncnn-s, not of ffdnet',
    )
  })

  test('tensors like those of no model', async () => {
    const file = writeSafetensors(new Map([['fc.weight', { shape: [1], data: new Float32Array(1) }]]))
    await expect(openWeights(file, 'w.safetensors')).rejects.toThrow(
      'w.safetensors holds weights of no model that is known here; it has no convolutions, but fc.weight 1 and others',
    )
  })

  test('those of another network, naming the nearest model and the first difference in one line', async () => {
    const tensors = [...tensorsOf(modelKind('dncnn-s').build({}))].slice(0, 30)
    const conv: StoredTensor = { shape: [128, 64, 3, 3], data: new Float32Array(128 * 64 * 9) }
    const file = writeSafetensors(new Map([...tensors, ['z.weight', conv]]))
    await expect(openWeights(file, 'w.safetensors')).rejects.toThrow(
      /^w\.safetensors holds weights of no model that is known here; nearest is dncnn-s, which first differs in convolution 8: conv_8\.weight 64x64x3x3, the file has z\.weight 128x64x3x3$/,
    )
  })

  test('those with many differences, in at most ten lines', async () => {
    const tensors = tensorsOf(modelKind('dncnn-s').build({}))
    for (const name of [...tensors.keys()]) if (name.includes('norm')) tensors.delete(name)
    tensors.set('batch_norm_2.running_mean', { shape: [64], data: new Float32Array(64) })
    const message = await openWeights(writeSafetensors(tensors), 'w.safetensors').catch(String)
    expect(String(message).split('\n').length).toBe(10)
    expect(message).toMatch(/and 51 more$/)
  })

  test('the checkpoint of a training', async () => {
    const tensors = tensorsOf(build('dncnn-s')).set('run.losses', { shape: [1], data: new Float32Array(1) })
    const file = writeSafetensors(tensors, { settings: '{}' })
    await expect(openWeights(file, 'w.safetensors')).rejects.toThrow('is the checkpoint of a training')
  })

  test.each([
    [{ options: '[' }, 'has the model options [, which this version does not know'],
    [{ options: '{"end":"round"}' }, 'which this version does not know'],
    [{ sigma: '{"min":0.3,"max":0.1}' }, 'expected as in {"min":0,"max":0.2}'],
    [{ noise: 'fog' }, 'names the noise fog'],
  ])('notes such as %o', async (notes, message) => {
    const file = fileOf(build('dncnn-s'), { model: 'dncnn-s', ...notes })
    await expect(openWeights(file, 'w.safetensors')).rejects.toThrow(message)
  })

  test('bytes that are no weights', async () => {
    await expect(openWeights(new TextEncoder().encode('<html>'), 'w.pth')).rejects.toThrow('it is a web page')
  })
})
