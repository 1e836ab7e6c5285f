import { expect, it } from 'vitest'
import { decodeImage, type Image } from '../src/index.ts'

/** This test runs in Node and in Chromium: the numbers are to be the same. */
async function readVariants(): Promise<Uint8Array> {
  const url = new URL('./fixtures/jpeg-variants.bin.gz', import.meta.url)
  const packed =
    url.protocol === 'file:'
      ? new Uint8Array(await (await import('node:fs/promises')).readFile(url))
      : new Uint8Array(await (await fetch(url)).arrayBuffer())
  // A server may have unpacked it already, as browsers ask for.
  if (packed[0] !== 0x1f) return packed
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(unpacked).arrayBuffer())
}

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The hash that jpeg-variants.py makes of what djpeg shows. */
async function digestOf({ width, height, channels, data }: Image): Promise<string> {
  const pixels = width * height
  const heading = new TextEncoder().encode(`${width} ${height} ${channels} `)
  const bytes = new Uint8Array(heading.length + channels * pixels)
  bytes.set(heading)
  for (const [i, value] of data.entries()) {
    bytes[heading.length + (i % pixels) * channels + Math.floor(i / pixels)] = Math.round(value * 255)
  }
  return hexadecimal(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, 8))
}

it('1,000 random JPEGs of every kind and three large ones show what djpeg of libjpeg-turbo shows of them, to the last bit', async () => {
  const file = await readVariants()
  const lengths = new DataView(file.buffer)
  const known: string[] = []
  const found: string[] = []
  for (let at = 0; at < file.length; ) {
    const end = at + 4 + lengths.getUint32(at, true)
    const name = `variant ${known.length}`
    known.push(`${name}: ${hexadecimal(file.subarray(end, end + 8))}`)
    try {
      found.push(`${name}: ${await digestOf(decodeImage(file.subarray(at + 4, end), name))}`)
    } catch (error) {
      found.push(String(error))
    }
    at = end + 8
  }
  expect(known).toHaveLength(1003)
  expect(found).toEqual(known)
})
