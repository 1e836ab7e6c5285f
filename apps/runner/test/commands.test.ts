import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeImage } from '@noisescope/images'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAIN, run, start, temporaryFolder, writePicture, writeUntrainedWeights } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)
const pictureAt = async (path: string) => decodeImage(await readFile(at(path)))
const withWeights = ['--weights', 'random.safetensors', '--json']

beforeAll(() =>
  writeUntrainedWeights(at('random.safetensors'), { noise: '{"kind":"gaussian","sd":0.2}', dataset: 'fashion-mnist' }),
)
afterAll(() => temporary[Symbol.asyncDispose]())

test('evaluate measures noisy, median and denoised, with the noise and data set that the weights name', async () => {
  const { code, stdout, stderr } = await run(folder, 'evaluate', ...withWeights, '--test-images', '20')
  expect(stderr).toMatch(/^Adapter: .+/m)
  expect(code).toBe(0)
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({
    model: 'autoencoder',
    images: 20,
    seed: 1,
    refused: 0,
    noise: { kind: 'gaussian', sd: 0.2 },
  })
  expect(result.deadChannels.of).toBe(224)
  expect(result.noisy.psnr).toBeGreaterThan(14)
  expect(result.noisy.psnr).toBeLessThan(17.5)
  expect(result.median3x3.psnr).toBeGreaterThan(result.noisy.psnr)
  expect(result.denoised.ssim).toBeGreaterThan(-1)
  expect(result.protocol).toContain(
    'the network sees the noisy image not clipped and not quantised; every image is clipped',
  )
  expect(stderr).toMatch(/3x3 median +\d+\.\d\d dB/)
})

test('denoise takes grey and colour pictures of any size, keeps their sizes and names, and warns of photographs', async () => {
  await mkdir(at('pictures', 'more'), { recursive: true })
  await writePicture(at('pictures', 'grey.png'), 40, 31)
  await writePicture(at('pictures', 'colour.png'), 33, 20, 3)
  await writePicture(at('pictures', 'one.png'), 1, 1)
  await writeFile(at('pictures', 'text.png'), 'no picture')
  const { code, stdout, stderr } = await run(
    folder,
    'denoise',
    'pictures',
    '-o',
    'out',
    '--sigma',
    '25',
    ...withWeights,
  )
  expect(stderr).toContain('text.png')
  expect(stderr).toContain('1 of 4 files could not be used')
  expect(stderr).toContain('photographs come out blurred')
  expect(code).toBe(1)
  expect((await readdir(at('out'))).sort()).toEqual(
    ['colour', 'grey', 'one'].flatMap((name) => [`${name}-denoised.png`, `${name}-noisy.png`]),
  )
  expect(await pictureAt('out/grey-denoised.png')).toMatchObject({ width: 40, height: 31, channels: 1 })
  expect(await pictureAt('out/colour-denoised.png')).toMatchObject({ width: 33, height: 20, channels: 3 })
  expect(await pictureAt('out/one-denoised.png')).toMatchObject({ width: 1, height: 1, channels: 1 })
  const { files } = JSON.parse(stdout)
  expect(files).toHaveLength(3)
  expect(files[1].noisy.psnr).toBeGreaterThan(15)
})

test('activations draws every layer of an image file and notes each range', async () => {
  await writePicture(at('shirt.png'), 30, 28)
  const { code, stdout } = await run(
    folder,
    'activations',
    'shirt.png',
    '-o',
    'maps',
    '--test-images',
    '8',
    ...withWeights,
  )
  expect(code).toBe(0)
  const { layers, noise, files } = JSON.parse(stdout)
  expect(noise).toBeNull()
  expect(layers.map(({ layer }: { layer: string }) => layer).slice(0, 3)).toEqual([
    'conv2d',
    'max_pooling2d',
    'conv2d_1',
  ])
  expect(layers[0]).toMatchObject({ shape: [64, 28, 28], minimum: 0 })
  expect(files).toHaveLength(1 + 2 + 13)
  expect(await readdir(at('maps', 'activations'))).toHaveLength(13)
  expect((await pictureAt('maps/activations.png')).width).toBeGreaterThan(1000)
})

test('demo writes its strip, maps and measures, and says where it wrote them', async () => {
  const { code, stdout, stderr } = await run(folder, 'demo', '--weights', 'random.safetensors', '--test-images', '12')
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Adapter: .+\n/)
  for (const name of ['comparison.png', 'activations.png', 'metrics.json']) {
    expect(stdout).toContain(`runs/demo/${name}`)
    expect(await readdir(at('runs', 'demo'))).toContain(name)
  }
  const metrics = JSON.parse(await readFile(at('runs/demo/metrics.json'), 'utf8'))
  expect(metrics).toMatchObject({ images: 12, deadChannels: { of: 224 } })
  expect(metrics.layers).toHaveLength(13)
})

test('a command whose reader leaves goes on to its end, and says nothing of that', async () => {
  await writePicture(at('leaves.png'), 28, 28)
  const command = start(folder, 'denoise', 'leaves.png', '-o', 'left.png', ...withWeights)
  command.stopReading()
  const { code, stderr } = await command.ended
  expect(stderr).not.toContain('EPIPE')
  expect(code).toBe(0)
  expect((await pictureAt('left.png')).width).toBe(28)
})

test.skipIf(!existsSync('/dev/full')).each([
  { what: 'at once', args: ['models'] },
  {
    what: 'in the midst of its work',
    args: ['denoise', 'full.png', '-o', 'unheard.png', '--weights', 'random.safetensors'],
  },
])('a command whose output finds no room $what ends with a line about it', async ({ args }) => {
  await writePicture(at('full.png'), 28, 28)
  const full = await open('/dev/full', 'w')
  const { status, signal, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    stdio: ['ignore', full.fd, 'pipe'],
    encoding: 'utf8',
  })
  await full.close()
  expect({ status, signal }, stderr).toEqual({ status: 1, signal: null })
  expect(stderr).toMatch(/(^|\n)error: the output cannot be written \(.*ENOSPC.*\)\n$/)
})
