import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { adnet } from '@noisescope/adnet'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { createImage, decodeImage, encodePng } from '@noisescope/images'
import { type Model, variablesOf, writeSafetensors } from '@noisescope/nn'
import { decode, encode } from 'fast-png'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, temporaryFolder, writePicture } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)

async function writeWeights(name: string, model: Model, change = (_: string, value: number) => value): Promise<void> {
  const tensors = variablesOf(model).map(({ name: variable, shape, initial }) => {
    const data = Float32Array.from(initial, (value) => change(variable, value))
    return [variable, { shape, data }] as const
  })
  await writeFile(at(name), writeSafetensors(new Map(tensors)))
}

const lines = ['1x1', '1x9', '9x1'] as const

beforeAll(async () => {
  await writeWeights('dncnn.safetensors', dncnn({ depth: 3, width: 4 }))
  await writeWeights('ffdnet.safetensors', ffdnet({ depth: 2, width: 3 }))
  await writeWeights('adnet.safetensors', adnet({ width: 2 }))
  await writeWeights('colour.safetensors', dncnn({ depth: 2, width: 3, channels: 3, batchNorm: false }))
  // A network that finds no noise gives every image back as it is.
  await writeWeights('same.safetensors', dncnn({ depth: 2, width: 2, batchNorm: false }), (variable, value) =>
    variable === 'conv_2.weight' ? 0 : value,
  )
  await mkdir(at('lines'))
  for (const size of lines) {
    const [width = 0, height = 0] = size.split('x').map(Number)
    await writePicture(at('lines', `${size}.png`), width, height)
  }
  await writePicture(at('grey.png'), 12, 10)
  await writePicture(at('colour.png'), 12, 10, 3)
})
afterAll(() => temporary[Symbol.asyncDispose]())

test.concurrent.each(['dncnn', 'ffdnet', 'adnet'])(
  'images of a single line or a single pixel go through a %s',
  async (model) => {
    const args = ['--weights', `${model}.safetensors`, '--noise-level', '25', '-o', `out-${model}`]
    const { code, stderr } = await run(folder, 'denoise', 'lines', ...args)
    expect(code, stderr).toBe(0)
    for (const size of lines) {
      const { width, height } = decodeImage(await readFile(at(`out-${model}`, `${size}-denoised.png`)))
      expect(`${width}x${height}`).toBe(size)
    }
  },
)

test.concurrent.each([
  ['denoise', ['denoise', 'lines/1x9.png']],
  ['activations', ['activations', 'lines/1x9.png']],
])('%s asks for the noise level of a single line, which cannot be estimated', async (_, typed) => {
  const { code, stderr } = await run(folder, ...typed, '--weights', 'ffdnet.safetensors', '-o', 'none')
  expect(stderr).toMatch(
    /error: .*1x9\.png is 1x9: the noise level of a single line of pixels cannot be estimated; give --noise-level/,
  )
  expect(code).toBe(2)
})

test('all 16 bits of an image come through a network that finds no noise, and 8 where these are asked for', async () => {
  const data = Uint16Array.from({ length: 40 * 25 }, (_, i) => (i * 65_521) % 65_536)
  await writeFile(at('deep.png'), encode({ width: 40, height: 25, channels: 1, depth: 16, data }))
  const denoise = ['denoise', 'deep.png', '--weights', 'same.safetensors']
  await run(folder, ...denoise, '-o', 'deep-16.png')
  const deep = decode(await readFile(at('deep-16.png')))
  expect(deep.depth).toBe(16)
  expect(deep.data).toEqual(data)
  await run(folder, ...denoise, '--bits', '8', '-o', 'deep-8.png')
  const { depth, data: bytes } = decode(await readFile(at('deep-8.png')))
  expect(depth).toBe(8)
  expect(bytes).toEqual(Uint8Array.from(data, (value) => Math.round(value / 257)))
})

test('a transparent colour image keeps its transparency, and the colours under it', async () => {
  const data = Uint8Array.of(200, 100, 0, 255, 200, 100, 0, 51, 200, 100, 0, 0)
  await writeFile(at('rgba.png'), encode({ width: 3, height: 1, channels: 4, depth: 8, data }))
  const { code, stderr } = await run(folder, 'denoise', 'rgba.png', '--weights', 'same.safetensors', '-o', 'out.png')
  expect(code, stderr).toBe(0)
  const { channels, data: out } = decode(await readFile(at('out.png')))
  expect(channels).toBe(4)
  expect([...out]).toEqual([...data])
})

test('a grey image goes through a colour network and stays grey', async () => {
  const { code, stderr } = await run(folder, 'denoise', 'grey.png', '--weights', 'colour.safetensors', '-o', 'g.png')
  expect(code, stderr).toBe(0)
  expect(decodeImage(await readFile(at('g.png')))).toMatchObject({ width: 12, height: 10, channels: 1 })
})

test('noise that is estimated as stronger than a network was trained on is warned of', async () => {
  const data = Float32Array.from({ length: 64 * 64 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 0) / 2 ** 32)
  await writeFile(at('rough.png'), encodePng(createImage(64, 64, 1, data.map(Math.round))))
  for (const typed of [
    ['denoise', 'rough.png', '-o', 'r.png'],
    ['activations', 'rough.png', '-o', 'maps'],
  ]) {
    const { code, stderr } = await run(folder, ...typed, '--weights', 'ffdnet.safetensors')
    expect(stderr).toMatch(
      /Warning: the noise of rough\.png is estimated as of sigma \d+.* ffdnet\.safetensors was trained on .*sigma 0 to 75 of 255/,
    )
    expect(code).toBe(0)
  }
})

test('an image without noise is told as equal to the clean one', async () => {
  const args = ['--weights', 'same.safetensors', '--sigma', '0', '-o', 'equal.png']
  const { stdout } = await run(folder, 'denoise', 'grey.png', ...args)
  expect(stdout).toMatch(/sigma 0 of 255\).*: equal to the clean image; denoised: equal to the clean image\n/)
})

test('activations of a colour image in a grey network are those of its luma, and the command says so', async () => {
  const { code, stderr } = await run(
    folder,
    'activations',
    'colour.png',
    '--weights',
    'dncnn.safetensors',
    '-o',
    'luma',
  )
  expect(stderr).toMatch(/Note: colour\.png is in colour and the model takes grey images: .*luma/)
  expect(stderr).not.toMatch(/in the middle/)
  expect(code).toBe(0)
})

test('activations of a large image are those of its middle', async () => {
  await writePicture(at('large.png'), 700, 3)
  const { code, stdout, stderr } = await run(
    folder,
    ...['activations', 'large.png', '--weights', 'dncnn.safetensors', '-o', 'large', '--json'],
  )
  expect(stderr).toMatch(/Note: only the middle of large\.png is looked at, 512 pixels/)
  expect(stderr).toMatch(/Note: the maps are those of the 64x3 pixels in the middle/)
  expect(JSON.parse(stdout).layers[0].shape).toEqual([4, 3, 64])
  expect(code).toBe(0)
})

test('one image may go to a folder whose name ends in .png', async () => {
  await mkdir(at('folder.png'))
  const { code, stdout } = await run(folder, 'denoise', 'grey.png', '--weights', 'same.safetensors', '-o', 'folder.png')
  expect(stdout).toContain('folder.png/grey-denoised.png')
  expect(code).toBe(0)
})
