import { InputError, ShapeError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imageQuality, meanSquaredError, psnr, ssim, ssimWindowSize } from '../src/index.ts'

const floats = (...values: number[]): Float32Array => Float32Array.from(values)

/** Grey images of any size from 1x1, with a second image of the same size. */
const pairOfImages = fc
  .record({ width: fc.integer({ min: 1, max: 30 }), height: fc.integer({ min: 1, max: 30 }) })
  .chain(({ width, height }) => {
    const image = fc.float32Array({ minLength: width * height, maxLength: width * height, min: 0, max: 1, noNaN: true })
    return fc.record({ width: fc.constant(width), height: fc.constant(height), a: image, b: image })
  })

/** Equation 13 of Wang 2004 with a two-dimensional window, at one position after the other. */
function plainSsim(a: Float32Array, b: Float32Array, width: number, height: number): number {
  const size = ssimWindowSize(width, height)
  const middle = (size - 1) / 2
  const weight = (x: number, y: number): number => Math.exp(-((x - middle) ** 2 + (y - middle) ** 2) / (2 * 1.5 ** 2))
  const values: number[] = []
  for (let top = 0; top + size <= height; top++) {
    for (let left = 0; left + size <= width; left++) {
      const mean = (of: (i: number) => number): number => {
        let sum = 0
        let weights = 0
        for (let y = 0; y < size; y++) {
          for (let x = 0; x < size; x++) {
            sum += weight(x, y) * of((top + y) * width + left + x)
            weights += weight(x, y)
          }
        }
        return sum / weights
      }
      const meanA = mean((i) => a[i] as number)
      const meanB = mean((i) => b[i] as number)
      const varianceA = mean((i) => ((a[i] as number) - meanA) ** 2)
      const varianceB = mean((i) => ((b[i] as number) - meanB) ** 2)
      const covariance = mean((i) => ((a[i] as number) - meanA) * ((b[i] as number) - meanB))
      const luminance = (2 * meanA * meanB + 0.01 ** 2) / (meanA ** 2 + meanB ** 2 + 0.01 ** 2)
      values.push((luminance * (2 * covariance + 0.03 ** 2)) / (varianceA + varianceB + 0.03 ** 2))
    }
  }
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('psnr', () => {
  test('is 20 dB for a difference of a tenth of the data range', () => {
    expect(psnr(floats(0, 0), floats(25.5, -25.5), { dataRange: 255 })).toBeCloseTo(20, 10)
  })

  test('is infinite for equal images', () => {
    expect(psnr(floats(0.2, 0.4), floats(0.2, 0.4))).toBe(Number.POSITIVE_INFINITY)
  })

  test('adds up in float64, so a large image of small errors keeps its precision', () => {
    const count = 2 ** 20
    const step = Math.fround(1e-4)
    const error = meanSquaredError(new Float32Array(count), new Float32Array(count).fill(step))
    expect(Math.abs(error / step ** 2 - 1)).toBeLessThan(1e-10)
  })
})

describe('ssim', () => {
  test('equals the equation written out, at every size from 1x1 to 30x30', () => {
    fc.assert(
      fc.property(pairOfImages, ({ width, height, a, b }) => {
        expect(ssim(a, b, { width, height })).toBeCloseTo(plainSsim(a, b, width, height), 9)
      }),
      { numRuns: 40, seed: 2004 },
    )
  })

  test('is 1 for equal images, is symmetric, and never exceeds 1', () => {
    fc.assert(
      fc.property(pairOfImages, ({ width, height, a, b }) => {
        expect(ssim(a, a, { width, height })).toBeCloseTo(1, 9)
        expect(ssim(a, b, { width, height })).toBe(ssim(b, a, { width, height }))
        expect(ssim(a, b, { width, height })).toBeLessThanOrEqual(1 + 1e-9)
      }),
      { numRuns: 40, seed: 2004 },
    )
  })

  test('of a 1x1 image compares brightness', () => {
    const expected = (2 * 0.5 * 0.25 + 1e-4) / (0.5 ** 2 + 0.25 ** 2 + 1e-4)
    expect(ssim(floats(0.5), floats(0.25), { width: 1, height: 1 })).toBeCloseTo(expected, 12)
  })

  test('uses the largest odd window up to 11 that fits', () => {
    const sizes: [number, number][] = [
      [28, 28],
      [11, 40],
      [10, 40],
      [8, 8],
      [2, 9],
      [1, 1],
    ]
    expect(sizes.map(([width, height]) => ssimWindowSize(width, height))).toEqual([11, 11, 9, 7, 1, 1])
  })

  test('of a colour image is the mean over its channels', () => {
    const plane = (shift: number): Float32Array =>
      Float32Array.from({ length: 144 }, (_, i) => ((i * 7 + shift) % 11) / 10)
    const a = [plane(0), plane(1), plane(2)]
    const b = [plane(3), plane(5), plane(2)]
    const join = (planes: Float32Array[]): Float32Array => Float32Array.from(planes.flatMap((values) => [...values]))
    const mean =
      a.reduce((sum, values, c) => sum + ssim(values, b[c] as Float32Array, { width: 12, height: 12 }), 0) / 3
    expect(ssim(join(a), join(b), { width: 12, height: 12, channels: 3 })).toBeCloseTo(mean, 12)
  })

  test('does not change when images and data range grow together', () => {
    const a = Float32Array.from({ length: 400 }, (_, i) => (i % 17) / 16)
    const b = Float32Array.from({ length: 400 }, (_, i) => (i % 13) / 16)
    const larger = (image: Float32Array): Float32Array => image.map((value) => value * 256)
    const grown = ssim(larger(a), larger(b), { width: 20, height: 20, dataRange: 256 })
    expect(grown).toBeCloseTo(ssim(a, b, { width: 20, height: 20 }), 12)
  })
})

describe('imageQuality', () => {
  test('counts equal images, whose PSNR makes the mean infinite', () => {
    const quality = imageQuality(floats(0, 0.5), floats(0, 0.25), { width: 1, height: 1 })
    expect(quality.identical).toBe(1)
    expect(quality.psnr.mean).toBe(Number.POSITIVE_INFINITY)
    expect(quality.ssimWindow).toBe(1)
  })

  test('clips the output only when asked', () => {
    const shape = { width: 2, height: 1 }
    expect(imageQuality(floats(-0.5, 1.5), floats(0, 1), shape).meanSquaredError.mean).toBeCloseTo(0.25, 12)
    expect(imageQuality(floats(-0.5, 1.5), floats(0, 1), { ...shape, clip: true }).meanSquaredError.mean).toBe(0)
  })
})

describe('input that cannot be measured', () => {
  const one = floats(0.5)
  const shape = { width: 1, height: 1 }

  test('of different lengths is a ShapeError that names both', () => {
    expect(() => psnr(one, floats(1, 2))).toThrow(ShapeError)
    expect(() => psnr(one, floats(1, 2))).toThrow(/1 and 2 values/)
    expect(() => ssim(one, floats(1, 2), shape)).toThrow(ShapeError)
    expect(() => imageQuality(one, floats(1, 2), shape)).toThrow(ShapeError)
  })

  test('of another size than the one given is a ShapeError', () => {
    expect(() => ssim(one, one, { width: 2, height: 1 })).toThrow(ShapeError)
    expect(() => imageQuality(floats(1, 2, 3), floats(1, 2, 3), { width: 2, height: 1 })).toThrow(/3 values.*2 values/)
  })

  test('that is empty is an InputError', () => {
    expect(() => psnr(floats(), floats())).toThrow(InputError)
    expect(() => imageQuality(floats(), floats(), shape)).toThrow(InputError)
  })

  test('that is not finite is an InputError that says where, clipped or not', () => {
    expect(() => psnr(floats(0, Number.NaN), floats(0, 1))).toThrow(/first image holds NaN at index 1/)
    expect(() => ssim(one, floats(Number.NaN), shape)).toThrow(InputError)
    expect(() => imageQuality(floats(Number.POSITIVE_INFINITY), one, { ...shape, clip: true })).toThrow(InputError)
  })

  test('with a size or data range that makes no sense is an InputError', () => {
    expect(() => ssim(one, one, { width: 0, height: 1 })).toThrow(InputError)
    expect(() => ssim(one, one, { width: 1.5, height: 1 })).toThrow(InputError)
    expect(() => psnr(one, one, { dataRange: 0 })).toThrow(InputError)
    expect(() => psnr(one, one, { dataRange: Number.NaN })).toThrow(InputError)
  })
})
