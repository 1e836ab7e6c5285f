import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { decodeImage, type Image } from '../src/index.ts'

/** The hash that jpeg-variants.py makes of what djpeg shows. */
function digestOf({ width, height, channels, data }: Image): string {
  const pixels = width * height
  const samples = new Uint8Array(channels * pixels)
  for (const [i, value] of data.entries())
    samples[(i % pixels) * channels + Math.floor(i / pixels)] = Math.round(value * 255)
  return createHash('sha256').update(`${width} ${height} ${channels} `).update(samples).digest('hex').slice(0, 16)
}

it('1,000 random JPEGs of every kind show what djpeg of libjpeg-turbo shows of them, to the last bit', async () => {
  const file = gunzipSync(await readFile(new URL('./fixtures/jpeg-variants.bin.gz', import.meta.url)))
  const known: string[] = []
  const found: string[] = []
  for (let at = 0; at < file.length; ) {
    const end = at + 4 + file.readUInt32LE(at)
    const name = `variant ${known.length}`
    known.push(`${name}: ${file.toString('hex', end, end + 8)}`)
    try {
      found.push(`${name}: ${digestOf(decodeImage(file.subarray(at + 4, end), name))}`)
    } catch (error) {
      found.push(String(error))
    }
    at = end + 8
  }
  expect(known).toHaveLength(1000)
  expect(found).toEqual(known)
})
