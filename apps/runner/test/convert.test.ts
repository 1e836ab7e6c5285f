import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { autoencoder } from '@noisescope/autoencoder'
import { decodeImage } from '@noisescope/images'
import { openWeights } from '@noisescope/models'
import { readSafetensors, variablesOf, writeSafetensors } from '@noisescope/nn'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture, writeUntrainedWeights } from './command.ts'

const CHECKPOINT = new URL('../../../packages/weights/test/fixtures/python-zip-2.pth', import.meta.url)

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (name: string): string => join(folder, name)
const read = async (name: string) => readSafetensors(await readFile(at(name)), name)

/** Untrained weights of the autoencoder, as a process with other models before it and several cards names them. */
const renamed = () =>
  variablesOf(autoencoder({ seed: 3 })).map(({ name, shape, initial }) => {
    const [layer = '', part] = name.split('.')
    const number = Number(layer.split('_')[1] ?? 0)
    return [`module.conv2d_${number + 7}.${part}`, { shape, data: Float32Array.from(initial) }] as const
  })

beforeAll(async () => {
  await writeFile(at('checkpoint.pth'), await readFile(CHECKPOINT))
  await writeFile(at('truncated.pth'), (await readFile(CHECKPOINT)).subarray(0, 500))
  await writeFile(at('renamed.safetensors'), writeSafetensors(new Map(renamed())))
  const [, ...rest] = renamed()
  await writeFile(at('lacking.safetensors'), writeSafetensors(new Map(rest)))
  await writePicture(at('picture.png'), 5, 4)
  await writePicture(at('square.png'), 28, 28)
})
afterAll(() => temporary[Symbol.asyncDispose]())

test('a checkpoint of PyTorch becomes safetensors, with a table of its tensors', async () => {
  const { code, stdout } = await run(folder, 'convert', 'checkpoint.pth', 'out/converted.safetensors')
  expect(code).toBe(0)
  expect(stdout).toMatch(/conv\.weight +2x1x3x3 +18\n/)
  expect(stdout).toMatch(/bn\.num_batches_tracked +scalar +1\n/)
  const { tensors, metadata } = await read('out/converted.safetensors')
  expect([...tensors.keys()]).toEqual(['conv.weight', 'conv.transposed', 'bn.num_batches_tracked'])
  expect(metadata).toEqual({ 'checkpoint.epoch': '7', 'checkpoint.loss': '0.125' })
})

test.each(['whole.h5', 'own_names.h5', 'no_scale.keras'])(
  'a network of Keras keeps the epsilon of its batch norm, and its values: %s',
  async (name) => {
    const stored = await readFile(new URL(`../../../test/fixtures/keras/${name}`, import.meta.url))
    await writeFile(at(name), stored)
    expect((await run(folder, 'convert', name, 'keras.safetensors', '--force')).code).toBe(0)
    const given = await openWeights(stored, name)
    const written = await openWeights(await readFile(at('keras.safetensors')), 'keras.safetensors')
    expect(written.options).toEqual(given.options)
    expect([...written.values.values()]).toEqual([...given.values.values()])
  },
)

test('the result as JSON names the format and every tensor', async () => {
  const { stdout } = await run(folder, 'convert', 'checkpoint.pth', 'json.safetensors', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'pytorch-zip',
    output: 'json.safetensors',
    tensors: [{ name: 'conv.weight', shape: [2, 1, 3, 3], values: 18 }, { name: 'conv.transposed' }, { values: 1 }],
  })
})

test('with the model named, weights get the names that the other commands need', async () => {
  const { code } = await run(folder, 'convert', 'renamed.safetensors', 'named.safetensors', '--model', 'autoencoder')
  expect(code).toBe(0)
  await writeUntrainedWeights(at('own.safetensors'))
  const [{ tensors, metadata }, own] = [await read('named.safetensors'), await read('own.safetensors')]
  expect(metadata).toEqual({ model: 'autoencoder', options: '{"end":"sigmoid"}' })
  expect(Object.fromEntries(tensors)).toEqual(Object.fromEntries(own.tensors))
  const denoised = await run(folder, 'denoise', 'picture.png', '--weights', 'named.safetensors')
  expect(denoised.code, denoised.stderr).toBe(0)
})

test('weights stay of the end that they say, unless another is given', async () => {
  await writeUntrainedWeights(at('linear.safetensors'), { options: '{"end":"linear"}', note: 'kept' })
  const convert = ['convert', 'linear.safetensors', 'end.safetensors', '--model', 'autoencoder', '--force']
  await run(folder, ...convert)
  expect((await read('end.safetensors')).metadata).toEqual({
    model: 'autoencoder',
    options: '{"end":"linear"}',
    note: 'kept',
  })
  await run(folder, ...convert, '--end', 'sigmoid')
  expect((await read('end.safetensors')).metadata.options).toBe('{"end":"sigmoid"}')
})

test('a trained model goes on as ONNX, which onnxruntime runs to the same image', async () => {
  const { code, stdout } = await run(folder, 'convert', 'own.safetensors', 'out/model.onnx')
  expect(code).toBe(0)
  expect(stdout).toMatch(/own\.safetensors \(safetensors\): 14 tensors, 49,761 values -> out\/model\.onnx/)
  await run(folder, 'denoise', 'square.png', '--weights', 'own.safetensors', '--bits', '16', '-o', 'out/square.png')
  const { data } = decodeImage(await readFile(at('square.png')))
  const session = await InferenceSession.create(at('out/model.onnx'))
  const { denoised } = await session.run({ noisy: new Tensor('float32', data, [1, 1, 28, 28]) })
  const ours = decodeImage(await readFile(at('out/square.png'))).data
  expect(Math.max(...ours.map((value, i) => Math.abs(value - Number(denoised?.data[i]))))).toBeLessThan(1e-4)
})

test('what does not fit the model is listed by name and shape, and nothing is written', async () => {
  const other = await run(folder, 'convert', 'checkpoint.pth', 'no.safetensors', '--model', 'autoencoder')
  expect(other.code).toBe(2)
  expect(other.stderr).toMatch(/\n {2}missing conv2d\.weight 64x1x3x3\n/)
  expect(other.stderr).toMatch(/\n {2}unexpected conv\.weight 2x1x3x3\n/)
  const lacking = await run(folder, 'convert', 'lacking.safetensors', 'no.safetensors', '--model', 'autoencoder')
  expect(lacking.stderr).toMatch(/does not fit the model autoencoder:\n {2}missing conv2d\.weight 64x1x3x3\n$/)
  await expect(read('no.safetensors')).rejects.toThrow('ENOENT')
})

test.each([
  [
    'what no model has, as ONNX',
    ['checkpoint.pth', 'out.onnx'],
    /checkpoint\.pth holds weights of no model that is known here; nearest is autoencoder/,
  ],
  [
    'an output that is there',
    ['checkpoint.pth', 'renamed.safetensors'],
    /renamed\.safetensors is there already.*--force/,
  ],
  ['an output of another kind', ['checkpoint.pth', 'out.pth'], /out\.pth must end in one of them/],
  ['a file that is cut short', ['truncated.pth', 'new.safetensors'], /truncated\.pth.*cut short/],
  ['a picture', ['picture.png', 'new.safetensors'], /picture\.png holds no weights: expected safetensors/],
  ['no file', ['nowhere.pth', 'new.safetensors'], /nowhere\.pth is not there/],
  ['an unknown model', ['checkpoint.pth', 'new.safetensors', '--model', 'unet'], /unet.*autoencoder/],
])('%s is refused in one line', async (_, args, answer) => {
  const { code, stderr } = await run(folder, 'convert', ...args)
  expect(code).toBe(2)
  expect(stderr.trimEnd()).toMatch(answer)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})
