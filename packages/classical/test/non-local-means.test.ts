import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { nonLocalMeans, type Plane } from '../src/index.ts'
import { FLOAT32, inMirror, largestDifference, mean, planeOf, randomPlane, sizes, windowAround } from './planes.ts'

/** Every pixel with every other of its search window, patch by patch. */
function plainNonLocalMeans(
  plane: Plane,
  sigma: number,
  { patch, search, strength }: { patch: number; search: number; strength: number },
): number[] {
  const { width, height } = plane
  const reach = (search - 1) / 2
  const patchAt = (x: number, y: number): number[] =>
    windowAround(x, y, patch, (column, row) => inMirror(plane, column, row))
  return Array.from(plane.data, (_, i) => {
    const x = i % width
    const y = Math.floor(i / width)
    const reference = patchAt(x, y)
    let sum = 0
    let weights = 0
    for (let row = Math.max(y - reach, 0); row <= Math.min(y + reach, height - 1); row++) {
      for (let column = Math.max(x - reach, 0); column <= Math.min(x + reach, width - 1); column++) {
        const distance = mean(patchAt(column, row).map((value, k) => (value - (reference[k] as number)) ** 2))
        const weight = Math.exp(-Math.max(distance - 2 * sigma ** 2, 0) / strength ** 2)
        sum += weight * inMirror(plane, column, row)
        weights += weight
      }
    }
    return sum / weights
  })
}

describe.each(sizes)('non-local means of %i x %i pixels', (width, height) => {
  const plane = randomPlane(width, height)

  test.each([
    { patch: 1, search: 3, strength: 0.3 },
    { patch: 3, search: 7, strength: 0.2 },
    { patch: 5, search: 21, strength: 0.1 },
    { patch: 7, search: 5, strength: 0.5 },
  ])('are the plain double sum for $patch, $search, $strength', (options) => {
    for (const sigma of [0, 0.1]) {
      const expected = plainNonLocalMeans(plane, sigma, options)
      expect(largestDifference(nonLocalMeans(plane, sigma, options).data, expected), `sigma ${sigma}`).toBeLessThan(
        FLOAT32,
      )
    }
  })

  test.each([
    { sigma: 0.05, patch: 3 },
    { sigma: 0.15, patch: 5 },
  ])('have the defaults that the options name at sigma $sigma', ({ sigma, patch }) => {
    const strength = sigma * Math.sqrt((2 * Math.SQRT2) / patch)
    const expected = plainNonLocalMeans(plane, sigma, { patch, search: 13, strength })
    expect(largestDifference(nonLocalMeans(plane, sigma).data, expected)).toBeLessThan(FLOAT32)
  })
})

test('a search window of one pixel and a sigma of 0 leave the plane as it is', () => {
  const plane = randomPlane(6, 5)
  expect(nonLocalMeans(plane, 0.1, { search: 1 })).toEqual(plane)
  expect(nonLocalMeans(plane, 0)).toEqual(plane)
  expect(nonLocalMeans(plane, 1e-200)).toEqual(plane)
})

test('a great strength makes them the mean of the search window', () => {
  const plane = randomPlane(5, 5)
  const { data } = nonLocalMeans(plane, 0, { search: 9, strength: 1e6 })
  expect(largestDifference(data, planeOf(5, 5, () => mean(plane.data)).data)).toBeLessThan(FLOAT32)
})

test.each([{ patch: 4 }, { patch: 0 }, { search: 2.5 }, { search: -1 }, { strength: -0.1 }, { strength: Number.NaN }])(
  'the options %o are refused',
  (options) => {
    expect(() => nonLocalMeans(randomPlane(3, 3), 0.1, options)).toThrow(InputError)
  },
)
