import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InputError, ShapeError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { binaryAccuracy, kerasBinaryAccuracy } from '../src/index.ts'

const fashionTestImages = new URL('../../../../shared/data/fashion-mnist/t10k-images-idx3-ubyte.gz', import.meta.url)
const hasFashion = existsSync(fashionTestImages)
if (!hasFashion && process.env.CI !== 'true') console.log(`skipped: ${fashionTestImages.pathname} is absent`)

const output = Float32Array.of(0.9, 0.1, 0.6, 0.4, 0.5)
const clean = Float32Array.of(1, 0, 0.7, 0.8, 0)

describe('binaryAccuracy', () => {
  test('thresholds both sides, and 0.5 itself counts as black', () => {
    expect(binaryAccuracy(output, clean)).toBe(4 / 5)
  })
})

describe('kerasBinaryAccuracy', () => {
  test('counts a grey clean pixel as wrong whatever the output', () => {
    expect(kerasBinaryAccuracy(output, clean)).toBe(3 / 5)
    expect(kerasBinaryAccuracy(clean, clean)).toBe(3 / 5)
  })

  test.skipIf(!hasFashion && process.env.CI !== 'true')(
    'gives a black image 0.503 and a perfect one 0.511 on the Fashion-MNIST test images',
    () => {
      const bytes = gunzipSync(readFileSync(fashionTestImages)).subarray(16)
      const images = Float32Array.from(bytes, (byte) => byte / 255)
      expect(kerasBinaryAccuracy(new Float32Array(images.length), images)).toBeCloseTo(0.503, 3)
      expect(kerasBinaryAccuracy(images, images)).toBeCloseTo(0.511, 3)
    },
  )
})

test.each([binaryAccuracy, kerasBinaryAccuracy])(
  '%o refuses lengths that differ, nothing at all, and NaN',
  (accuracy) => {
    expect(() => accuracy(output, clean.subarray(1))).toThrow(ShapeError)
    expect(() => accuracy(new Float32Array(), new Float32Array())).toThrow(InputError)
    expect(() => accuracy(Float32Array.of(Number.NaN), Float32Array.of(0))).toThrow(InputError)
  },
)
