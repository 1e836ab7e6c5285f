import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture, writeUntrainedWeights } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  await writeUntrainedWeights(at('good.safetensors'))
  await writeFile(at('truncated.safetensors'), (await readFile(at('good.safetensors'))).subarray(0, 5000))
  await writeUntrainedWeights(at('unknown.safetensors'), { model: 'unet' })
  const other = new Map([['model.0.weight', { shape: [1], data: Float32Array.of(1) }]])
  await writeFile(at('other.safetensors'), writeSafetensors(other))
  await writeFile(at('text.png'), 'This is no picture.')
  await writePicture(at('picture.png'), 3, 3)
  await mkdir(at('empty'))
  await mkdir(at('pair'))
  await writePicture(at('pair/1.png'), 9, 9)
  await writePicture(at('pair/2.png'), 9, 9)
  const losses = new Map([['run.losses', { shape: [1], data: Float32Array.of(1) }]])
  await writeFile(at('checkpoint.safetensors'), writeSafetensors(losses, { step: '1', settings: '{}' }))
  await writeFile(at('list.json'), '[1]')
  await writeFile(at('unknown-key.json'), '{"epoch": 3}')
  await writeFile(at('bad-value.json'), '{"epochs": 0}')
  await writeFile(at('bom.json'), '\u{feff}{"noise": "laplace", "sd": 0.1}')
  await writeFile(at('utf16.json'), Buffer.from('\u{feff}{"epochs": 1}', 'utf16le'))
  await mkdir(at('idx/train-images-idx3-ubyte'), { recursive: true })
  await writeFile(at('good.json'), '{"noise": "laplace", "sd": 0.1}')
})
afterAll(() => temporary[Symbol.asyncDispose]())

const good = ['--weights', 'good.safetensors']

/** What is typed, and what the one line of the answer must say. */
const refused: readonly [typed: string[], answer: RegExp][] = [
  [['train', '--sigma', '-1'], /--sigma.*'-1'.*number from 0/],
  [['train', '--epochs', '0'], /--epochs.*whole number from 1/],
  [['train', '--learning-rate', 'fast'], /--learning-rate.*'fast'.*number above 0/],
  [['train', '--noise', 'fog'], /--noise.*fog.*gaussian/],
  [['train', '--model', 'unet'], /--model.*unet.*autoencoder/],
  [['train', '--noise', 'laplace', '--sd', '0.1'], /--sd belongs to gaussian and speckle/],
  [['train', '--resume', '--force'], /--resume.*cannot be used with.*--force/],
  [['train', '--dataset', 'nowhere'], /nowhere/],
  [['train', '--run', '../outside'], /"\.\.\/outside"/],
  [['train', '--run', 'new', '--resume'], /no checkpoint\.safetensors to go on from/],
  [['train', '--batch-size', '20', '--train-images', '10'], /batch of 20 is larger than the 10 training images/],
  [['train', '--config', 'missing.json'], /missing\.json is not there/],
  [['train', '--config', 'list.json'], /not a JSON object/],
  [['train', '--config', 'unknown-key.json'], /unknown key "epoch".*epochs/],
  [['train', '--config', 'bad-value.json'], /epochs is 0.*whole number from 1/],
  [['train', '--config', 'good.json'], /--sd belongs to gaussian and speckle noise, but the noise is laplace/],
  // Read as if the mark were not there.
  [['train', '--config', 'bom.json'], /--sd belongs to gaussian and speckle noise, but the noise is laplace/],
  [['train', '--config', 'utf16.json'], /utf16\.json is not text in UTF-8/],
  [['train', '--dataset', 'idx'], /idx\/train-images-idx3-ubyte is a folder/],
  [['denoise'], /missing required argument/],
  [['denoise', 'missing.png', ...good], /missing\.png/],
  [['denoise', 'empty', ...good], /empty has no \.png/],
  [['view', 'good.safetensors', '--port', '99999'], /--port.*'99999'.*whole number from 1 to 65535/],
  [['explain', '--evaluate', 'infidelity:draws=-3'], /infidelity: draws is -3; expected a whole number from 1 up/],
  [['denoise', 'picture.png', '-o', './picture.png', ...good], /picture\.png is an input.*another name with --output/],
  [['denoise', 'text.png', ...good], /text\.png is neither a PNG nor a JPEG/],
  [
    ['denoise', 'picture.png', '--weights', 'missing.safetensors'],
    /missing\.safetensors is not there; give a model\.safetensors/,
  ],
  [['denoise', 'picture.png', '--weights', 'picture.png'], /picture\.png holds no weights: expected safetensors/],
  [['denoise', 'picture.png', '--weights', 'truncated.safetensors'], /truncated\.safetensors is not a usable/],
  [
    ['denoise', 'picture.png', '--weights', 'other.safetensors'],
    /no model that is known here; it has no convolutions, but model.0.weight 1.*expected weights of autoencoder/,
  ],
  [['denoise', 'picture.png', ...good, '--model', 'ffdnet'], /holds weights of the model autoencoder, not of ffdnet/],
  [['denoise', 'picture.png', '--weights', 'checkpoint.safetensors'], /checkpoint of a training; give the model/],
  [['denoise', 'picture.png', '--model', 'dncnn-b'], /no weights of the dncnn-b come along.*--weights/],
  [['evaluate', '--model', 'dncnn-compact'], /measured on photographs.*--images/],
  [['evaluate', ...good, '--resume'], /--resume needs --images/],
  [['evaluate', ...good, '--compare', 'magic'], /no denoiser magic to compare with.*bm3d/],
  [
    ['evaluate', ...good, '--images', 'picture.png', '--noise', 'gaussian', '--compare', 'magic'],
    /no denoiser magic.*bm3d/,
  ],
  [['train', '--images', '.'], /--images has no use here: the autoencoder trains on a data set/],
  [['train', '--depth', '5'], /--depth does not belong to the autoencoder/],
  [['train', '--model', 'dncnn-s', '--full'], /--full has no use here: the dncnn-s trains on patches/],
  [
    ['train', '--model', 'dncnn-s', '--images', 'pair/1.png', '--patch-size', '5'],
    /holds 1 images of at least 5x5.*two are/,
  ],
  [['train', '--model', 'dncnn-s', '--images', 'pair'], /holds 0 images of at least 40x40, the size of a patch/],
  [['train', '--model', 'ffdnet', '--noise', 'laplace'], /ffdnet is told the level of Gaussian noise/],
  [['train', '--model', 'dncnn-b', '--sigma-range', '50-10'], /range of noise levels "50-10"/],
  [['train', '--model', 'dncnn-s', '--channels', '2'], /--channels.*Expected 1 or 3/],
  [['denoise', 'picture.png', '--bits', '12'], /--bits.*Expected 8 or 16/],
  [['train', '--model', 'adnet', '--bias', 'outer'], /all or none; not outer/],
  [['denoise', 'picture.png', '--weights', 'unknown.safetensors'], /no model unet/],
  [['denoise', 'picture.png', ...good, '-o', 'text.png/out'], /text\.png\/out cannot be written/],
  [['denoise', 'picture.png', ...good, '-o', '/proc/nowhere/out'], /\/proc\/nowhere\/out cannot be written/],
  [['denoise', 'pair', ...good, '-o', 'both.png'], /both\.png is one file, but there are 2 images/],
  [['evaluate', ...good, '--record', 'list.json'], /list\.json has no table of results/],
  [['activations', '--index', '2000', ...good], /no image 2000/],
  [['activations', 'pair', ...good], /pair holds 2 images; give a single file/],
  [['activations', 'picture.png', ...good, '-o', 'text.png'], /text\.png cannot be written/],
  [['evaluate', '--images', 'empty', ...good], /empty has no \.png/],
  [['paint'], /unknown command 'paint'/],
]

test.concurrent.each(refused)('%j is answered with one clear line on stderr and exit code 2', async (typed, answer) => {
  const { code, stderr } = await run(folder, ...typed)
  const said = stderr.split('\n').filter((line) => line !== '' && !/^(Warning|Left out): /.test(line))
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(answer)
  expect(code).toBe(2)
})

test.runIf(process.platform !== 'win32').each([
  [['denoise', 'picture.png', '--weights', '/dev/zero'], /\/dev\/zero has more than 1024 MiB/],
  [['denoise', '/dev/zero', ...good], /\/dev\/zero has more than 800 MiB/],
  [['view', '/dev/zero'], /\/dev\/zero has more than 1024 MiB/],
  [['denoise', 'picture.png', '--weights', '.'], /weights \. is a folder/],
])('%j, which never ends or is no file, is refused', async (typed, answer) => {
  const { code, stderr } = await run(folder, ...typed)
  expect(stderr).toMatch(answer)
  expect(code).toBe(2)
})

test('help describes each command and ends with exit code 0', async () => {
  for (const command of ['train', 'denoise']) {
    const { code, stdout } = await run(folder, command, '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('--seed')
  }
})
