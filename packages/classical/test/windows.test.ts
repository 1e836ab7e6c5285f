import { describe, expect, test } from 'vitest'
import { gaussianBlur, meanFilter, medianFilter, type Plane, wienerFilter } from '../src/index.ts'
import { FLOAT32, inMirror, largestDifference, mean, planeOf, randomPlane, sizes, windowAround } from './planes.ts'

/** What a filter gives when every pixel is worked out on its own. */
const pixelByPixel = ({ width, height }: Plane, value: (x: number, y: number) => number): number[] =>
  Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)))

const around = (plane: Plane, x: number, y: number, window: number): number[] =>
  windowAround(x, y, window, (column, row) => inMirror(plane, column, row))

describe.each([1, 3, 5, 7])('a window of %i pixels', (window) => {
  test.each(sizes)('the mean filter is the mean of each window on %i x %i pixels', (width, height) => {
    const plane = randomPlane(width, height)
    const expected = pixelByPixel(plane, (x, y) => mean(around(plane, x, y, window)))
    expect(largestDifference(meanFilter(plane, window).data, expected)).toBeLessThan(FLOAT32)
  })

  test.each(sizes)(
    'the median filter is exactly the middle of each sorted window on %i x %i pixels',
    (width, height) => {
      // Few grey levels, so that windows hold the same value more than once.
      for (const levels of [3, 1e6]) {
        const { data, ...size } = randomPlane(width, height)
        const plane = { ...size, data: data.map((value) => Math.round(value * levels) / levels - 0.5) }
        const edgeRepeated = (x: number, y: number): number =>
          plane.data[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)] as number
        const expected = pixelByPixel(plane, (x, y) => {
          const sorted = windowAround(x, y, window, edgeRepeated).toSorted((a, b) => a - b)
          return sorted[(sorted.length - 1) / 2] as number
        })
        expect([...medianFilter(plane, window).data], `${levels} levels`).toEqual(expected)
      }
    },
  )

  test.each(sizes)('the Wiener filter is the formula with each window on %i x %i pixels', (width, height) => {
    const plane = randomPlane(width, height)
    const sigma = 0.25
    const expected = pixelByPixel(plane, (x, y) => {
      const values = around(plane, x, y, window)
      const local = mean(values)
      const variance = mean(values.map((value) => (value - local) ** 2))
      const gain = variance === 0 ? 0 : Math.max(variance - sigma ** 2, 0) / variance
      return local + gain * (inMirror(plane, x, y) - local)
    })
    expect(largestDifference(wienerFilter(plane, sigma, window).data, expected)).toBeLessThan(FLOAT32)
  })
})

describe.each([0.3, 0.8, 2])('a Gaussian of deviation %f', (deviation) => {
  test.each(sizes)('blurs %i x %i pixels as the sum over the square window', (width, height) => {
    const plane = randomPlane(width, height)
    const reach = Math.ceil(4 * deviation)
    const distances = windowAround(0, 0, 2 * reach + 1, (x, y) => x * x + y * y)
    const weights = distances.map((distance) => Math.exp(-distance / (2 * deviation ** 2)))
    const expected = pixelByPixel(plane, (x, y) => {
      const values = around(plane, x, y, 2 * reach + 1)
      return mean(values.map((value, i) => value * (weights[i] as number))) / mean(weights)
    })
    expect(largestDifference(gaussianBlur(plane, deviation).data, expected)).toBeLessThan(FLOAT32)
  })
})

test('a Gaussian of deviation 0 leaves the plane as it is', () => {
  const plane = randomPlane(5, 4)
  expect(gaussianBlur(plane, 0)).toEqual(plane)
})

test('the median removes a single wrong pixel and keeps an edge', () => {
  const edge = (x: number): number => (x < 3 ? 0 : 1)
  const wrong = planeOf(7, 7, (x, y) => (x === 5 && y === 3 ? 0 : edge(x)))
  expect(medianFilter(wrong)).toEqual(planeOf(7, 7, edge))
})

test('the Wiener filter flattens what varies less than the noise and keeps what varies much more', () => {
  const calm = planeOf(21, 21, (x, y) => 0.5 + ((x + y) % 2 === 0 ? 0.01 : -0.01))
  expect(largestDifference(wienerFilter(calm, 0.05).data, calm.data.fill(0.5))).toBeLessThan(1e-3)
  const lively = randomPlane(21, 21)
  expect(largestDifference(wienerFilter(lively, 1e-4).data, lively.data)).toBeLessThan(1e-5)
})
