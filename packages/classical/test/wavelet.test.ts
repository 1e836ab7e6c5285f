import { describe, expect, test } from 'vitest'
import { bayesShrink, estimateSigma } from '../src/index.ts'
import { analyse, type SubBands, synthesise, type Wavelet } from '../src/wavelet.ts'
import { FLOAT32, largestDifference, mean, planeOf, randomPlane, shapes, sizes, withNoise } from './planes.ts'

const WAVELETS: readonly Wavelet[] = ['db1', 'db2']

const gridOf = ({ width, height, data }: { width: number; height: number; data: Float32Array }) => ({
  width,
  height,
  values: Float64Array.from(data),
})
const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0)
const bandsOf = ({ approximation, vertical, horizontal, diagonal }: SubBands): Float64Array[] =>
  [approximation, vertical, horizontal, diagonal].map(({ values }) => values)

describe.each(WAVELETS)('the wavelet %s', (wavelet) => {
  test.each(sizes)('gives %i x %i pixels back from their sub-bands', (width, height) => {
    const image = gridOf(randomPlane(width, height))
    const back = synthesise(analyse(image, wavelet), wavelet, width, height)
    expect(back).toMatchObject({ width, height })
    expect(largestDifference(back.values, image.values)).toBeLessThan(1e-13)
  })

  test('keeps the energy of what lies away from the edges', () => {
    const noise = randomPlane(10, 8)
    const image = gridOf(
      planeOf(18, 16, (x, y) =>
        x >= 4 && x < 14 && y >= 4 && y < 12 ? (noise.data[(y - 4) * 10 + x - 4] as number) : 0,
      ),
    )
    const bands = bandsOf(analyse(image, wavelet))
    expect(bands.reduce((sum, values) => sum + energy(values), 0)).toBeCloseTo(energy(image.values), 12)
  })

  test('has no details on a constant plane and an approximation of twice the value', () => {
    const { approximation, ...details } = analyse(gridOf(planeOf(7, 9, () => 0.5)), wavelet)
    expect(
      largestDifference(
        approximation.values,
        approximation.values.map(() => 1),
      ),
    ).toBeLessThan(1e-14)
    for (const { values } of Object.values(details)) expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-14)
  })

  test('sees stripes across the rows in the vertical details, along them in the horizontal, a chessboard in the diagonal', () => {
    const strongest = (stripe: (x: number, y: number) => number): string | undefined => {
      const bands = Object.entries(analyse(gridOf(planeOf(12, 12, (x, y) => stripe(x, y) % 2)), wavelet))
      const details = bands.filter(([name]) => name !== 'approximation')
      return details.toSorted(([, a], [, b]) => energy(b.values) - energy(a.values))[0]?.[0]
    }
    expect(strongest((x) => x)).toBe('vertical')
    expect(strongest((_, y) => y)).toBe('horizontal')
    expect(strongest((x, y) => x + y)).toBe('diagonal')
  })
})

test('db2 has no details on a ramp away from the edges, db1 has', () => {
  const ramp = gridOf(planeOf(16, 16, (x) => x))
  const insideRow = (wavelet: Wavelet): Float64Array => analyse(ramp, wavelet).vertical.values.subarray(2, 6)
  expect(Math.max(...insideRow('db2').map(Math.abs))).toBeLessThan(1e-13)
  expect(Math.min(...insideRow('db1').map(Math.abs))).toBeGreaterThan(0.1)
})

describe('BayesShrink', () => {
  test('with the Haar wavelet and one level is soft thresholding of the sums and differences of 2 x 2 cells', () => {
    const plane = withNoise(shapes(8), 0.05)
    const sigma = 0.12
    const cells = Array.from({ length: 16 }, (_, i) => 16 * Math.floor(i / 4) + 2 * (i % 4)).map((place) =>
      [0, 1, 8, 9].map((offset) => plane.data[place + offset] as number),
    )
    // Half the sum with these signs: mean, left against right, top against bottom, diagonal.
    const SIGNS = [
      [1, 1, 1, 1],
      [1, -1, 1, -1],
      [1, 1, -1, -1],
      [1, -1, -1, 1],
    ]
    const bands = SIGNS.map((signs) =>
      cells.map((cell) => cell.reduce((sum, value, i) => sum + (signs[i] as number) * value, 0) / 2),
    )
    const shrunk = bands.map((band, b) => {
      if (b === 0) return band
      const signal = Math.sqrt(Math.max(mean(band.map((value) => value ** 2)) - sigma ** 2, 0))
      return band.map((value) => Math.sign(value) * Math.max(Math.abs(value) - sigma ** 2 / signal, 0))
    })
    expect(shrunk.flat().filter((value) => value === 0).length).toBeGreaterThan(0)
    expect(
      shrunk
        .slice(1)
        .flat()
        .filter((value) => value !== 0).length,
    ).toBeGreaterThan(0)
    const expected = planeOf(8, 8, (x, y) => {
      const cell = 4 * Math.floor(y / 2) + Math.floor(x / 2)
      const corner = 2 * (y % 2) + (x % 2)
      return shrunk.reduce((sum, band, b) => sum + (SIGNS[b]?.[corner] as number) * (band[cell] as number), 0) / 2
    })
    expect(largestDifference(bayesShrink(plane, sigma, 'db1').data, expected.data)).toBeLessThan(FLOAT32)
  })

  test('makes sub-bands of noise alone vanish, so that Haar cells become their means', () => {
    const calm = withNoise(
      planeOf(8, 8, () => 0.5),
      0.02,
    )
    const { data } = bayesShrink(calm, 0.2, 'db1')
    const cellMean = (x: number, y: number): number =>
      mean([0, 1, 8, 9].map((offset) => calm.data[16 * Math.floor(y / 2) + 2 * Math.floor(x / 2) + offset] as number))
    expect(largestDifference(data, planeOf(8, 8, cellMean).data)).toBeLessThan(FLOAT32)
  })

  test.each(WAVELETS)('leaves the plane as it is at sigma 0 with %s, at every number of levels', (wavelet) => {
    for (const size of [1, 7, 24, 63, 100]) {
      const plane = randomPlane(size, size + 3)
      expect(largestDifference(bayesShrink(plane, 0, wavelet).data, plane.data)).toBeLessThan(FLOAT32)
    }
  })
})

describe('the estimated deviation of the noise', () => {
  test.each([0.02, 0.1, 0.3])('is within four per cent of %f on shapes', (sigma) => {
    const estimate = estimateSigma(withNoise(shapes(256), sigma, 3))
    expect(Math.abs(estimate / sigma - 1)).toBeLessThan(0.04)
  })

  test('grows in proportion with the values', () => {
    const noisy = withNoise(shapes(63), 0.1)
    const double = { ...noisy, data: noisy.data.map((value) => 2 * value) }
    expect(estimateSigma(double)).toBeCloseTo(2 * estimateSigma(noisy), 12)
  })

  test('is 0 without noise or details', () => {
    expect(estimateSigma(planeOf(9, 5, () => 0.5))).toBeLessThan(1e-15)
  })

  test('is refused for a single line, which has no diagonal details', () => {
    expect(() => estimateSigma(randomPlane(9, 1))).toThrow('9x1')
    expect(() => estimateSigma(randomPlane(1, 9))).toThrow('1x9')
  })
})
