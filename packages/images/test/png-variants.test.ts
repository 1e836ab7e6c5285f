import { readFile } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import { expect, it } from 'vitest'
import { decodePicture, type Picture } from '../src/index.ts'
import { fnv1a, pngVariant } from './png-variants.ts'

/** Sides, channels, bits and hash of the samples, as png-samples.c writes what libpng reads. */
function digestOf({ image, alpha, bits }: Picture): string {
  const { width, height, data } = image
  const depth = bits === 16 ? 16 : 8
  const maximum = 2 ** depth - 1
  const channels = image.channels + (alpha ? 1 : 0)
  const pixels = width * height
  const bytes = new Uint8Array(pixels * channels * (depth / 8))
  let at = 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const value =
        alpha && channel === image.channels
          ? alpha.data[pixel]! * (maximum / alpha.maximum)
          : Math.round(data[channel * pixels + pixel]! * maximum)
      if (depth === 16) bytes[at++] = value >> 8
      bytes[at++] = value & 255
    }
  }
  return `${width} ${height} ${channels} ${depth} ${fnv1a(bytes)}`
}

it('1,000 random PNGs of every kind show what libpng shows of them, and those that it refuses are refused', async () => {
  const known = (await readFile(new URL('./fixtures/png-variants.txt', import.meta.url), 'utf8')).trim().split('\n')
  expect(known).toHaveLength(1000)
  const found = known.map((_, seed) => {
    try {
      return digestOf(decodePicture(pngVariant(seed)))
    } catch (error) {
      if (error instanceof InputError) return 'refused'
      throw error
    }
  })
  expect(found.map((digest, seed) => `${seed}: ${digest}`)).toEqual(known.map((digest, seed) => `${seed}: ${digest}`))
})
