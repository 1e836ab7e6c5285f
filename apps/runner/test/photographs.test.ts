import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeImage } from '@noisescope/images'
import { readSafetensors } from '@noisescope/nn'
import { decode, encode } from 'fast-png'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)
const network = ['--depth', '3', '--width', '4']
const short = ['--patch-size', '12', '--patches', '8', '--batch-size', '4', '--epochs', '2']
const weights = ['--weights', 'runs/tiny/model.safetensors']

beforeAll(async () => {
  await mkdir(at('photos'))
  await writePicture(at('photos', 'a.png'), 30, 26)
  await writePicture(at('photos', 'b.png'), 20, 33, 3)
  await writePicture(at('photos', 'c.png'), 24, 24)
})
afterAll(() => temporary[Symbol.asyncDispose]())

test('a DnCNN trains on patches of photographs and says on which levels of noise', async () => {
  const args = [
    '--model',
    'dncnn-compact',
    '--images',
    'photos',
    ...network,
    ...short,
    '--final-learning-rate',
    '1e-4',
    '--run',
    'tiny',
    '--json',
  ]
  const { code, stdout, stderr } = await run(folder, 'train', ...args)
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(
    'Training the dncnn-compact on 8 patches of 12x12 an epoch from 2 photographs (photos); ' +
      'noise: Gaussian, sigma from 0 to 55 of 255.',
  )
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({ model: 'dncnn-compact', options: { depth: 3, width: 4 }, steps: 4, endedBy: 'epochs' })
  const heldOut = result.heldOut.map((row: { image: string; noise: string }) => [row.image, row.noise])
  expect(heldOut).toEqual([15, 25, 50].map((level) => ['c.png', expect.stringContaining(`(sigma ${level} of 255)`)]))
  const { metadata } = readSafetensors(await readFile(at('runs/tiny/model.safetensors')), 'tiny')
  expect(metadata).toMatchObject({ model: 'dncnn-compact', dataset: 'photographs', seed: '1' })
  expect(JSON.parse(metadata.sigma ?? '')).toEqual({ min: 0, max: 55 / 255 })
  expect(JSON.parse(metadata.recipe ?? '')).toMatchObject({
    patch: 12,
    batchSize: 4,
    epochs: 2,
    schedule: { kind: 'cosine', from: 1e-3, to: 1e-4 },
  })
})

test('photographs smaller than a patch are left out of a training by name', async () => {
  await writePicture(at('photos', 'line.png'), 40, 1)
  const args = [
    '--model',
    'dncnn-compact',
    '--images',
    'photos',
    ...network,
    ...short,
    '--epochs',
    '1',
    '--run',
    'left',
  ]
  const { code, stderr } = await run(folder, 'train', ...args)
  await rm(at('photos', 'line.png'))
  expect(stderr).toMatch(/Left out: photos\/line\.png is 40x1, smaller than a patch of 12x12/)
  expect(code).toBe(0)
})

test('photographs are measured one by one, as published, and the means recorded', async () => {
  const args = ['--images', 'photos', '--sigma', '25', '--seed', '0', '--compare', 'median', '--record', 'results.md']
  const { code, stdout, stderr } = await run(folder, 'evaluate', ...weights, ...args, '--json')
  expect(code, stderr).toBe(0)
  const result = JSON.parse(stdout)
  expect(result.rows.map((row: { image: string }) => row.image)).toEqual(['a.png', 'b.png', 'c.png'])
  expect(result.rows[1]).toMatchObject({ width: 20, height: 33, channels: 3 })
  expect(Object.keys(result.mean)).toEqual(['noisy', 'median', 'denoised'])
  // Values outside of 0..1 count as they are: on each image the level of the noise alone decides, 20.17 dB.
  expect(result.mean.noisy.psnr).toBeGreaterThan(19.9)
  expect(result.mean.noisy.psnr).toBeLessThan(20.4)
  expect(result.protocol).toMatch(/not clipped and not quantised.*measured as noisy.*no border shaved.*Wang/)
  expect(await readFile(at('results.md'), 'utf8')).toContain(`**${result.mean.denoised.psnr.toFixed(2)} / `)
})

test('an evaluation goes on where it was left, and not with other settings', async () => {
  const args = ['evaluate', ...weights, '--images', 'photos', '--sigma', '25', '--seed', '0', '--compare', 'median']
  const path = at('runs/evaluate/dncnn-compact-photos-gaussian-0.09803921568627451-0.json')
  const kept = JSON.parse(await readFile(path, 'utf8'))
  expect(kept.rows).toHaveLength(3)
  await writeFile(path, JSON.stringify({ ...kept, rows: kept.rows.slice(0, 2) }))
  const { stdout, stderr } = await run(folder, ...args, '--resume', '--json')
  expect(stderr).toContain('2 of 3 images were measured before')
  expect(JSON.parse(stdout).rows).toEqual(kept.rows)
  const other = await run(folder, ...args, 'bm3d', '--resume')
  expect(other.stderr).toMatch(/holds an evaluation with other compare; leave --resume out/)
  expect(other.code).toBe(2)
  await writeFile(path, '{"rows"')
  const broken = await run(folder, ...args, '--resume')
  expect(broken.stderr).toMatch(/holds no evaluation; leave --resume out to replace it/)
  expect(broken.code).toBe(2)
})

test('noise that is clipped or rounded is measured so and recorded so', async () => {
  const args = ['evaluate', ...weights, '--images', 'photos', '--sigma', '25', '--seed', '0', '--record', 'forms.md']
  const [drawn, clipped, rounded] = await Promise.all(
    [[], ['--clip-noise'], ['--round-noise']].map((form) => run(folder, ...args, '--json', ...form)),
  ).then((ended) => ended.map(({ stdout }) => JSON.parse(stdout)))
  expect(clipped.mean.noisy.psnr).toBeGreaterThan(drawn.mean.noisy.psnr + 0.1)
  expect(rounded.mean.noisy.psnr).not.toBe(clipped.mean.noisy.psnr)
  expect(rounded.mean.noisy.psnr).toBeCloseTo(clipped.mean.noisy.psnr, 1)
  expect([drawn.noisy, clipped.noisy, rounded.noisy]).toEqual(['as drawn', 'clipped', 'rounded'])
  expect(rounded.protocol).toMatch(/clipped and rounded to 8 bits; the network sees/)
  expect((await run(folder, ...args, '--clip-noise', '--round-noise')).code).toBe(2)
})

test('files named one by one, of long names, are measured too, and in a folder that cannot be written', async () => {
  const long = `${'n'.repeat(240)}.png`
  await mkdir(at('many'))
  await writePicture(at('many', long), 16, 12)
  const names = Array.from({ length: 40 }, (_, i) => `picture-${i}.png`)
  for (const name of names) await symlink(long, at('many', name))
  const args = ['evaluate', '--weights', at('runs/tiny/model.safetensors'), '--sigma', '25', '--test-images', '2']
  const { code, stderr, stdout } = await run(at('many'), ...args, '--json', '--images', ...names)
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout).rows).toHaveLength(2)
  expect((await run(at('many'), ...args, '--images', long)).code).toBe(0)
  // A file in the place of the folder refuses root as well, for whom folders are never read-only.
  await rm(at('many', 'runs'), { recursive: true })
  await writeFile(at('many', 'runs'), '')
  await chmod(at('many'), 0o555)
  const closed = await run(at('many'), ...args, '--images', long)
  await chmod(at('many'), 0o755)
  expect(closed.stderr).toMatch(/Note: runs\/evaluate\/.* cannot be written \(E\w+\): an interruption would lose/)
  expect(closed.code).toBe(0)
})

test('noise outside of what a network was trained on is warned of, and denoised all the same', async () => {
  const { code, stderr } = await run(folder, 'denoise', 'photos/a.png', ...weights, '--sigma', '75', '-o', 'out.png')
  expect(stderr).toMatch(
    /Warning: .*was trained on Gaussian noise of sigma 0 to 55 of 255, not on noise of sigma 75 of 255/,
  )
  expect(code).toBe(0)
  expect(decodeImage(await readFile(at('out.png')))).toMatchObject({ width: 30, height: 26, channels: 1 })
  const laplace = await run(folder, 'denoise', 'photos/a.png', ...weights, '--noise', 'laplace', '-o', 'out.png')
  expect(laplace.stderr).toMatch(/Warning: .*not on Laplace/)
})

test('a colour image goes through a grey network by channel, or is refused where that is chosen', async () => {
  const args = ['denoise', 'photos/b.png', ...weights, '-o', 'colour.png']
  const refused = await run(folder, ...args, '--colour', 'refuse')
  expect(refused.stderr).toMatch(/photos\/b\.png is in colour and the dncnn takes grey images/)
  expect(refused.code).toBe(2)
  expect((await run(folder, ...args)).code).toBe(0)
  expect(decodeImage(await readFile(at('colour.png')))).toMatchObject({ width: 20, height: 33, channels: 3 })
})

test('16-bit images with transparency keep it, their bits, and what is denoised under it', async () => {
  const size = { width: 3, height: 2, depth: 16 } as const
  await writeFile(at('deep.png'), encode({ ...size, channels: 2, data: new Uint16Array(12) }))
  const { code, stderr } = await run(folder, 'denoise', 'deep.png', ...weights, '-o', 'deep-out.png')
  expect(code, stderr).toBe(0)
  const { data, ...kept } = decode(await readFile(at('deep-out.png')))
  expect(kept).toMatchObject({ ...size, channels: 2 })
  expect(data.filter((_, i) => i % 2 === 1).every((alpha) => alpha === 0)).toBe(true)
  await writeFile(at('opaque.png'), encode({ ...size, channels: 1, data: new Uint16Array(6) }))
  await run(folder, 'denoise', 'opaque.png', ...weights, '-o', 'opaque-out.png')
  expect(data.filter((_, i) => i % 2 === 0)).toEqual(decode(await readFile(at('opaque-out.png'))).data)
})

test('activations shows every layer for a photograph', async () => {
  const { code, stdout, stderr } = await run(folder, 'activations', 'photos/a.png', ...weights, '-o', 'maps', '--json')
  expect(code, stderr).toBe(0)
  const layers = JSON.parse(stdout).layers.map(({ layer }: { layer: string }) => layer)
  expect(layers).toEqual(['conv_1', 'relu_1', 'conv_2', 'batch_norm_2', 'relu_2', 'conv_3'])
})

test('an FFDNet trains on the levels it is told, and estimates the level of an image where none is given', async () => {
  const args = ['--images', 'photos', '--depth', '2', '--width', '3', ...short, '--sigma-range', '10-40']
  const trained = await run(folder, 'train', '--model', 'ffdnet', ...args, '--run', 'told')
  expect(trained.code, trained.stderr).toBe(0)
  expect(trained.stdout).toContain('sigma from 10 to 40 of 255')
  const told = ['--weights', 'runs/told/model.safetensors', '-o', 'told.png', '--json']
  const { stdout, code } = await run(folder, 'denoise', 'photos/a.png', ...told)
  expect(code).toBe(0)
  expect(JSON.parse(stdout).files[0].estimatedSigma).toBeGreaterThanOrEqual(0)
  const given = await run(folder, 'denoise', 'photos/a.png', ...told, '--noise-level', '60')
  expect(JSON.parse(given.stdout).files[0].estimatedSigma).toBeUndefined()
  expect(given.stderr).toMatch(/trained on Gaussian noise of sigma 10 to 40 of 255, not on noise of sigma 60 of 255/)
})

test('models lists them all and shows the layers and recipe of one', async () => {
  const list = await run(folder, 'models')
  expect(list.stdout).toMatch(/dncnn-s +556,032 +48 +noise +35x35/)
  const one = await run(folder, 'models', 'adnet')
  expect(one.stdout).toMatch(/Total params: 519,171[\s\S]*"patch": 50/)
  expect(one.code).toBe(0)
})
