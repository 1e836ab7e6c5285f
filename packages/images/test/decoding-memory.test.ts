import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createImage, formatOf } from '../src/index.ts'
import { chunk, END, header, SIGNATURE } from './make-png.ts'

const MEASURE = fileURLToPath(new URL('../scripts/measure-decoding.ts', import.meta.url))
const SIDE = 2400
const BYTES_A_PIXEL = 16
/** What the decoder and the garbage of its process take whatever the size (bytes). */
const REST = 32 * 2 ** 20

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noisescope-memory-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The memory at the peak of a process that decodes the file, beyond what it took before. */
async function peakOf(name: string, bytes: Uint8Array): Promise<number> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  const args = [MEASURE, '--measure', 'ours', 'memory', path]
  const found: { width: number; height: number; cost: number } = JSON.parse(
    execFileSync(process.execPath, args, { encoding: 'utf8' }),
  )
  expect([found.width, found.height]).toEqual([SIDE, SIDE])
  return found.cost
}

it('a PNG of 16 bits with alpha, interlaced, takes at most 16 bytes a pixel while it is decoded', async () => {
  const pixels = Buffer.alloc(8 * SIDE * SIDE + 4 * SIDE)
  const parts = { width: SIDE, height: SIDE, depth: 16, colourType: 6, interlaced: true }
  const png = Buffer.concat([SIGNATURE, header(parts), chunk('IDAT', deflateSync(pixels, { level: 1 })), END])
  expect(await peakOf('deep.png', png)).toBeLessThan(BYTES_A_PIXEL * SIDE * SIDE + REST)
}, 120_000)

it('a JPEG in colour takes at most 16 bytes a pixel while it is decoded', async () => {
  const data = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => ((i * 7) % 256) / 255)
  const image = createImage(SIDE, SIDE, 3, data)
  const jpeg = formatOf('x.jpg')!.encode({ image, bits: 8, metadata: { dropped: [] } }, { quality: 50 }).bytes
  expect(await peakOf('colour.jpg', jpeg)).toBeLessThan(BYTES_A_PIXEL * SIDE * SIDE + REST)
}, 120_000)
