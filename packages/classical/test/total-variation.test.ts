import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { type Plane, totalVariation } from '../src/index.ts'
import { FLOAT32, largestDifference, mean, planeOf, randomPlane, uniform } from './planes.ts'

/** Until the values stand still in float32. */
const THOROUGH = { iterations: 20_000, tolerance: 0 }

const line = (...values: number[]): Plane => ({ width: values.length, height: 1, data: Float32Array.from(values) })

function variationOf({ width, height, data }: Plane): number {
  let sum = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = data[y * width + x] as number
      const right = x + 1 < width ? (data[y * width + x + 1] as number) - here : 0
      const below = y + 1 < height ? (data[(y + 1) * width + x] as number) - here : 0
      sum += Math.hypot(right, below)
    }
  }
  return sum
}

const squaredDistance = (a: Plane, b: Plane): number =>
  a.data.reduce((sum, value, i) => sum + (value - (b.data[i] as number)) ** 2, 0)

describe('the minimum of total variation', () => {
  test('lowers the two sides of a step on a line by weight / length, until they meet', () => {
    const step = line(0, 0, 0, 0, 1, 1)
    const known = (low: number, high: number): number[] => [low, low, low, low, high, high]
    expect(largestDifference(totalVariation(step, 0.2, THOROUGH).data, known(0.05, 0.9))).toBeLessThan(1e-5)
    expect(largestDifference(totalVariation(step, 5, THOROUGH).data, known(1 / 3, 1 / 3))).toBeLessThan(1e-4)
  })

  test('is the same on a column as on a row', () => {
    const { data } = randomPlane(9, 1)
    const row = totalVariation({ width: 9, height: 1, data }, 0.1)
    const column = totalVariation({ width: 1, height: 9, data }, 0.1)
    expect([...column.data]).toEqual([...row.data])
  })

  test.each([0.02, 0.1, 0.5])('lies below every other image by half the squared distance, at weight %f', (weight) => {
    // The objective is 1-strongly convex: this holds at its minimum and nowhere else.
    const noisy = randomPlane(13, 11)
    const objective = (plane: Plane): number => squaredDistance(plane, noisy) / 2 + weight * variationOf(plane)
    const best = totalVariation(noisy, weight, THOROUGH)
    const next = uniform(7)
    const moved = (by: (i: number) => number): Plane => ({ ...best, data: best.data.map((value, i) => value + by(i)) })
    const others = [
      noisy,
      planeOf(13, 11, () => mean(noisy.data)),
      totalVariation(noisy, 0.9 * weight, THOROUGH),
      totalVariation(noisy, 1.1 * weight, THOROUGH),
      ...Array.from(best.data, (_, pixel) => moved((i) => (i === pixel ? 0.02 : 0))),
      ...Array.from(best.data, (_, pixel) => moved((i) => (i === pixel ? -0.02 : 0))),
      ...Array.from({ length: 50 }, () => moved(() => 0.02 * (next() - 0.5))),
    ]
    for (const other of others) {
      expect(objective(other) - objective(best)).toBeGreaterThan(squaredDistance(other, best) / 2 - 1e-4)
    }
  })

  test('keeps the mean and varies less the greater the weight', () => {
    const noisy = randomPlane(13, 11)
    const results = [0.05, 0.1, 0.2].map((weight) => totalVariation(noisy, weight))
    for (const { data } of results) expect(Math.abs(mean(data) - mean(noisy.data))).toBeLessThan(FLOAT32)
    const variations = [noisy, ...results].map(variationOf)
    expect(variations).toEqual(variations.toSorted((a, b) => b - a))
  })
})

test('weight 0 leaves the plane as it is', () => {
  const plane = randomPlane(5, 4)
  expect(totalVariation(plane, 0)).toEqual(plane)
})

test('the default steps come within a grey level of 255 of the minimum in the root mean square', () => {
  const noisy = randomPlane(31, 33)
  const best = totalVariation(noisy, 0.1, THOROUGH)
  const error = squaredDistance(totalVariation(noisy, 0.1), best) / best.data.length
  expect(Math.sqrt(error)).toBeLessThan(1 / 255)
})

test('weights, iterations and tolerances that mean nothing are refused', () => {
  const plane = randomPlane(3, 3)
  expect(() => totalVariation(plane, -1)).toThrow(InputError)
  expect(() => totalVariation(plane, 0.1, { iterations: 0 })).toThrow(InputError)
  expect(() => totalVariation(plane, 0.1, { tolerance: Number.NaN })).toThrow(InputError)
})
