import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dncnn } from '@noisescope/dncnn'
import { createImage, decodePicture, formatOf, type Picture } from '@noisescope/images'
import { variablesOf, writeSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAIN, run, temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)
const weights = ['--weights', 'dncnn.safetensors']

/** 9x7 pixels of 16 bits, half of them transparent, with a gamma and a resolution. */
const picture: Picture = {
  image: createImage(
    9,
    7,
    3,
    Float32Array.from({ length: 189 }, (_, i) => i / 189),
  ),
  alpha: { maximum: 65535, data: Uint16Array.from({ length: 63 }, (_, i) => i * 1040) },
  bits: 16,
  metadata: { gamma: 0.45455, resolution: { x: 11811, y: 11811, unit: 'metre' }, dropped: [] },
}

beforeAll(async () => {
  const tensors = variablesOf(dncnn({ depth: 2, width: 2, batchNorm: false })).map(
    ({ name, shape, initial }) => [name, { shape, data: Float32Array.from(initial) }] as const,
  )
  await writeFile(at('dncnn.safetensors'), writeSafetensors(new Map(tensors)))
  await writeFile(at('deep.png'), formatOf('deep.png')!.encode(picture, { bits: 16 }).bytes)
  const jpeg = Buffer.from(formatOf('x.jpg')!.encode({ ...picture, bits: 8 }, {}).bytes)
  const comment = Buffer.from('\xff\xfe\0\x04hi', 'latin1')
  await writeFile(at('photo.JPE'), Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]))
})
afterAll(() => temporary[Symbol.asyncDispose]())

test('a result keeps depth, transparency, gamma and resolution; what is dropped is said in one line', async () => {
  const { code, stdout } = await run(folder, 'denoise', 'deep.png', 'photo.JPE', ...weights, '-o', 'results')
  expect(code).toBe(0)
  expect(stdout.split('\n').filter((line) => line.includes('not kept'))).toEqual(['  not kept: comment'])
  const deep = decodePicture(await readFile(at('results', 'deep-denoised.png')))
  expect(deep.image.data).not.toEqual(picture.image.data)
  expect({ ...deep, image: picture.image }).toEqual(picture)
  const photo = decodePicture(await readFile(at('results', 'photo-denoised.png')))
  expect([photo.bits, photo.metadata.resolution]).toEqual([8, { x: 11811, y: 11811, unit: 'metre' }])
})

test('a name that ends in .jpg is written as JPEG, --bits 8 rounds, and other formats are refused', async () => {
  const { stdout } = await run(folder, 'denoise', 'deep.png', ...weights, '-o', 'result.JPG')
  expect(stdout).toContain('not kept: transparency (white shows through), 16 bits a sample (8 are kept), gamma')
  const bytes = await readFile(at('result.JPG'))
  expect([bytes[0], bytes[1]]).toEqual([0xff, 0xd8])
  expect(decodePicture(bytes).metadata.resolution).toEqual({ x: 300, y: 300, unit: 'inch' })
  const eight = await run(folder, 'denoise', 'deep.png', ...weights, '-o', 'eight.png', '--bits', '8', '--json')
  expect(JSON.parse(eight.stdout).files[0].dropped).toEqual(['16 bits a sample (8 are kept)'])
  expect(decodePicture(await readFile(at('eight.png'))).bits).toBe(8)
  const refused = await run(folder, 'denoise', 'deep.png', ...weights, '-o', 'result.tif')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('images are written as PNG or JPEG')])
})

test('- is standard input and output, with nothing but the image on it', async () => {
  const args = [MAIN, 'denoise', '-', ...weights, '-o', '-']
  const input = await readFile(at('deep.png'))
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, input })
  expect(stderr.toString()).toContain('- (9x7, colour) -> -')
  expect(status).toBe(0)
  const result = decodePicture(stdout)
  expect({ ...result, image: picture.image }).toEqual(picture)
  const json = await run(folder, 'denoise', 'deep.png', ...weights, '-o', '-', '--json')
  expect([json.code, json.stderr]).toEqual([2, expect.stringContaining('give a file')])
  const none = spawnSync(process.execPath, args, { cwd: folder, input: '' })
  expect(none.stderr.toString()).toMatch(/stdin is empty \(0 bytes\)/)
})
