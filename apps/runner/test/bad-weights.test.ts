import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { type Model, type StoredTensor, variablesOf, writeSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (name: string): string => join(folder, name)

const tensorsOf = (model: Model): Map<string, StoredTensor> =>
  new Map(
    variablesOf(model).map(({ name, shape, initial }) => [name, { shape, data: Float32Array.from(initial) }] as const),
  )
const small = tensorsOf(dncnn({ depth: 3, width: 4 }))
const changed = (name: string, tensor: StoredTensor): Map<string, StoredTensor> => new Map(small).set(name, tensor)
const convolution = small.get('conv_2.weight') as StoredTensor

const files: Record<string, ReadonlyMap<string, StoredTensor>> = {
  'missing-layer': new Map([...small].filter(([name]) => name !== 'conv_2.weight')),
  'extra-layer': changed('fc.weight', { shape: [2, 2], data: new Float32Array(4) }),
  '5x5': changed('conv_2.weight', { shape: [4, 4, 5, 5], data: new Float32Array(400) }),
  nan: changed('conv_2.weight', { ...convolution, data: convolution.data.with(3, Number.NaN) }),
  two: new Map([
    ['conv_1.weight', { shape: [4, 1, 5, 5], data: new Float32Array(100) }],
    ...[...small].filter(([name]) => !/^conv_1|bias/.test(name)),
  ]),
  overflowing: new Map(
    [...tensorsOf(dncnn({ depth: 4, width: 4, batchNorm: false }))].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map(() => 1e30) },
    ]),
  ),
  // Infinity less infinity behind the second layer, which no layer behind that hides.
  'overflowing-inside': new Map(
    [...tensorsOf(dncnn({ depth: 4, width: 4, batchNorm: false }))].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((_, i) => (name === 'conv_1.weight' ? 1e38 : i % 2 === 0 ? 0.1 : -0.1)) },
    ]),
  ),
  dncnn: small,
  // Without batch norm, whose gamma begins near 0, random weights give far more than the noise.
  foreign: new Map(
    [...tensorsOf(dncnn({ depth: 3, width: 4, batchNorm: false }))].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => 2 * value) },
    ]),
  ),
  ffdnet: tensorsOf(ffdnet({ depth: 2, width: 3 })),
  blind: tensorsOf(dncnn({ depth: 20, width: 2 })),
}

beforeAll(async () => {
  for (const [name, tensors] of Object.entries(files))
    await writeFile(at(`${name}.safetensors`), writeSafetensors(tensors))
  await writePicture(at('picture.png'), 12, 12)
})
afterAll(() => temporary[Symbol.asyncDispose]())

/** What is said of weights with a misshapen and a missing tensor. */
const TWO = /:\n {2}conv_1\.weight is 4x1x5x5, expected 4x1x3x3\n {2}missing batch_norm_2\.bias 4\n$/

/** Each command that takes weights. */
const commands: Record<string, (weights: string) => string[]> = {
  denoise: (weights) => ['denoise', 'picture.png', '--weights', weights],
  evaluate: (weights) => ['evaluate', '--images', 'picture.png', '--sigma', '25', '--weights', weights],
  activations: (weights) => ['activations', 'picture.png', '--weights', weights],
  convert: (weights) => ['convert', weights, 'converted.onnx'],
}

/** Command, weights, and what the answer lists. */
const unfit: readonly [command: string, weights: string, answer: RegExp][] = [
  ['denoise', 'missing-layer', /does not fit the model dncnn:\n {2}missing conv_2\.weight 4x4x3x3\n$/],
  ['denoise', 'extra-layer', /does not fit the model dncnn:\n {2}unexpected fc\.weight.*\n$/],
  ['denoise', '5x5', /does not fit the model dncnn:\n {2}conv_2\.weight is 4x4x5x5, expected 4x4x3x3\n$/],
  ['denoise', 'nan', /does not fit the model dncnn:\n {2}conv_2\.weight holds NaN or infinity\n$/],
  ...Object.keys(commands).map((command) => [command, 'two', TWO] satisfies [string, string, RegExp]),
]

test.concurrent.each(unfit)(
  '%s lists what of %s weights does not fit, name by name and shape by shape',
  async (command, name, answer) => {
    const { code, stderr } = await run(folder, ...commands[command]!(`${name}.safetensors`))
    expect(stderr).toMatch(answer)
    expect(code).toBe(2)
  },
)

test.concurrent.each([
  ['ffdnet', 'dncnn', 'dncnn-s'],
  ['adnet', 'dncnn', 'dncnn-s'],
  ['dncnn-b', 'ffdnet', 'ffdnet'],
  ['autoencoder', 'ffdnet', 'ffdnet'],
])('weights are not taken for those of %s when they are of a %s', async (asked, name, like) => {
  const { code, stderr } = await run(folder, ...commands.denoise!(`${name}.safetensors`), '--model', asked)
  expect(stderr).toBe(
    `error: ${name}.safetensors looks like weights of the model ${like}, not of ${asked}; leave --model out, or give others\n`,
  )
  expect(code).toBe(2)
})

test.concurrent.each([
  ['denoise', 'overflowing'],
  ['denoise', 'overflowing-inside'],
  ['evaluate', 'overflowing'],
  ['activations', 'overflowing'],
])('%s says that finite weights make NaN of an image, and writes none: %s', async (command, name) => {
  const { code, stderr } = await run(folder, ...commands[command]!(`${name}.safetensors`))
  expect(stderr).toContain(`error: the weights ${name}.safetensors make NaN or infinity of an image`)
  expect(code).toBe(2)
})

test('weights of 20 layers that say nothing of themselves are the blind DnCNN-B, whose levels end at 55', async () => {
  const { code, stderr } = await run(folder, ...commands.denoise!('blind.safetensors'), '--sigma', '75')
  expect(stderr).toMatch(
    /Warning: blind\.safetensors was trained on Gaussian noise of sigma 0 to 55 of 255, not on noise of sigma 75/,
  )
  expect(code).toBe(0)
})

test.concurrent.each([
  ['denoise', ['--sigma', '25', '-o', 'worse.png']],
  ['evaluate', []],
])('%s says loudly that the result is worse than the noisy image', async (command, flags) => {
  const { code, stdout, stderr } = await run(folder, ...commands[command]!('foreign.safetensors'), ...flags, '--json')
  expect(stderr).toMatch(
    /WARNING: 1 of 1 result is worse than the noisy image: picture\.png from [\d.]+ to -?[\d.]+ dB/,
  )
  expect(JSON.parse(stdout)).toMatchObject({ worse: 1 })
  expect(code).toBe(0)
})
