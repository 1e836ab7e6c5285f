import { describe, expect, test } from 'vitest'
import { blockMatcher } from '../src/bm3d/block-matching.ts'
import { collaborativeFilter } from '../src/bm3d/collaborative-filter.ts'
import { haar, inverseHaar, transformBlocks } from '../src/bm3d/group-transform.ts'
import { kaiserWindow } from '../src/bm3d/kaiser.ts'
import { normalProfile, type Stage } from '../src/bm3d/profile.ts'
import { biorthogonal, dct } from '../src/bm3d/transforms.ts'
import type { Plane } from '../src/index.ts'
import { FLOAT32, largestDifference, randomPlane, uniform } from './planes.ts'

const EXACT = 1e-12

type Matrix = number[][]

const rowsOf = (matrix: Float64Array, size: number): Matrix =>
  Array.from({ length: size }, (_, r) => [...matrix.subarray(r * size, (r + 1) * size)])
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    (b[0] as number[]).map((_, c) => row.reduce((sum, value, k) => sum + value * (b[k]?.[c] as number), 0)),
  )
const transposed = (matrix: Matrix): Matrix =>
  (matrix[0] as number[]).map((_, column) => matrix.map((row) => row[column] as number))
const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, c) => (r === c ? 1 : 0)))
const distance = (a: Matrix, b: Matrix): number => largestDifference(a.flat(), b.flat())

const random = (count: number): Float64Array => {
  const next = uniform(5)
  return Float64Array.from({ length: count }, () => next() - 0.5)
}

describe.each([1, 2, 8, 11])('the cosine transform of %i values', (size) => {
  const { forward, inverse } = dct(size)
  const rows = rowsOf(forward, size)

  test('is orthonormal, with the transposed as the inverse', () => {
    expect(distance(product(rows, transposed(rows)), identity(size))).toBeLessThan(EXACT)
    expect(distance(product(rows, rowsOf(inverse, size)), identity(size))).toBeLessThan(EXACT)
  })

  test('has a first row of equal numbers and cosines of growing frequency after it', () => {
    const signChanges = rows.map((row) => row.filter((value, i) => i > 0 && value * (row[i - 1] as number) < 0).length)
    // An odd row of an odd size passes through 0 in its middle.
    const zeros = rows.map((row) => row.filter((value) => Math.abs(value) < EXACT).length)
    expect(
      largestDifference(
        rows[0] as number[],
        Array.from({ length: size }, () => 1 / Math.sqrt(size)),
      ),
    ).toBeLessThan(EXACT)
    if (zeros.every((count) => count === 0)) expect(signChanges).toEqual(rows.map((_, k) => k))
  })
})

describe.each([1, 2, 4, 8, 16])('the biorthogonal wavelet of %i values', (size) => {
  const { forward, inverse } = biorthogonal(size)
  const rows = rowsOf(forward, size)

  test('is undone by its inverse', () => {
    expect(distance(product(rowsOf(inverse, size), rows), identity(size))).toBeLessThan(EXACT)
  })

  test('has rows of length 1: equal numbers first, then details that a constant does not have', () => {
    for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 12)
    expect(
      largestDifference(
        rows[0] as number[],
        rows.map(() => 1 / Math.sqrt(size)),
      ),
    ).toBeLessThan(EXACT)
    for (const row of rows.slice(1)) expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
  })

  test('is periodic: the rows of a level are one row turned round', () => {
    for (let count = size / 2; count >= 1; count /= 2) {
      const level = rows.slice(count, 2 * count)
      level.forEach((row, k) => {
        const turned = row.map((_, i) => (level[0] as number[])[(i - (k * size) / count + size) % size] as number)
        expect(largestDifference(row, turned), `row ${k} of ${count}`).toBeLessThan(EXACT)
      })
    }
  })
})

test('the second level of the biorthogonal wavelet is the difference of two neighbouring smooth values', () => {
  // Low-pass of bior1.5 as PyWavelets lists it, without the factor sqrt 2 / 256.
  const lowPass = [3, -3, -22, 22, 128, 128, 22, -22, -3, 3]
  const difference = Array.from({ length: 16 }, () => 0)
  lowPass.forEach((tap, i) => {
    for (const [shift, sign] of [
      [0, 1],
      [2, -1],
    ] as const) {
      const place = (i - 4 + shift + 16) % 16
      difference[place] = (difference[place] as number) + sign * tap
    }
  })
  const length = Math.hypot(...difference)
  const row = rowsOf(biorthogonal(16).forward, 16)[4] as number[]
  expect(
    largestDifference(
      row,
      difference.map((value) => value / length),
    ),
  ).toBeLessThan(EXACT)
})

test('blocks are transformed along rows and columns: M B transposed M', () => {
  const transform = biorthogonal(4)
  const blocks = random(3 * 16)
  const expected = [0, 16].flatMap((start) => {
    const matrix = rowsOf(transform.forward, 4)
    return product(product(matrix, rowsOf(blocks.subarray(start, start + 16), 4)), transposed(matrix)).flat()
  })
  const changed = blocks.slice()
  transformBlocks(changed, 2, transform.forward, transform)
  expect(largestDifference(changed.subarray(0, 32), expected)).toBeLessThan(EXACT)
  expect([...changed.subarray(32)]).toEqual([...blocks.subarray(32)])
  transformBlocks(changed, 2, transform.inverse, transform)
  expect(largestDifference(changed, blocks)).toBeLessThan(EXACT)
})

describe.each([1, 2, 8, 32])("Haar's transform of %i blocks", (count) => {
  const area = 3
  const group = random(count * area)
  const changed = group.slice()
  haar(changed, count, area)

  test('keeps the energy, and the inverse gives the blocks back', () => {
    const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0)
    expect(energy(changed)).toBeCloseTo(energy(group), 12)
    const back = changed.slice()
    inverseHaar(back, count, area)
    expect(largestDifference(back, group)).toBeLessThan(EXACT)
  })

  test('puts the sum over the square root of the number into the first block', () => {
    const sums = [0, 1, 2].map((i) => group.reduce((sum, value, at) => sum + (at % area === i ? value : 0), 0))
    expect(
      largestDifference(
        changed.subarray(0, area),
        sums.map((sum) => sum / Math.sqrt(count)),
      ),
    ).toBeLessThan(EXACT)
  })
})

test("Kaiser's window of 8 is that of the published program", () => {
  // The first half of the first rows as the BM3D of IPOL lists them (Lebrun 2012).
  const published = [
    [0.1924, 0.2989, 0.3846, 0.4325],
    [0.2989, 0.4642, 0.5974, 0.6717],
    [0.3846, 0.5974, 0.7688, 0.8644],
    [0.4325, 0.6717, 0.8644, 0.9718],
  ]
  const rows = rowsOf(kaiserWindow(8), 8)
  for (const [y, row] of rows.entries()) {
    for (const [x, value] of row.entries()) {
      expect(value, `${x}, ${y}`).toBeCloseTo(published[Math.min(y, 7 - y)]?.[Math.min(x, 7 - x)] as number, 4)
    }
  }
  expect([...kaiserWindow(1)]).toEqual([1])
})

const stage: Stage = { block: 4, step: 3, search: 9, group: 8, match: 1, transform: 'dct' }

/** The plane with the block at `from` written over that at `to`. */
function withCopy({ width, height, data }: Plane, from: [number, number], to: [number, number], size = 4): Plane {
  const copy = data.slice()
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      copy[(to[1] + y) * width + to[0] + x] = data[(from[1] + y) * width + from[0] + x] as number
    }
  }
  return { width, height, data: copy }
}

describe('block matching', () => {
  test('finds a copy of the block within the window, and takes nothing else below a small limit', () => {
    const plane = withCopy(randomPlane(24, 20), [6, 7], [10, 3])
    const matcher = blockMatcher(plane, { ...stage, match: 1e-9 })
    expect(matcher.match(6, 7)).toBe(2)
    expect([...matcher.places.subarray(0, 2)]).toEqual([7 * 24 + 6, 3 * 24 + 10])
  })

  test('does not look beyond the window', () => {
    const plane = withCopy(randomPlane(24, 20), [6, 7], [11, 3])
    expect(blockMatcher(plane, { ...stage, match: 1e-9 }).match(6, 7)).toBe(1)
    expect(blockMatcher(plane, { ...stage, match: 1e-9, search: 11 }).match(6, 7)).toBe(2)
  })

  test('takes a power of two of blocks', () => {
    const twice = withCopy(withCopy(randomPlane(24, 20), [6, 7], [10, 3]), [6, 7], [2, 3])
    expect(blockMatcher(twice, { ...stage, match: 1e-9 }).match(6, 7)).toBe(2)
    const thrice = withCopy(twice, [6, 7], [2, 11])
    expect(blockMatcher(thrice, { ...stage, match: 1e-9 }).match(6, 7)).toBe(4)
  })

  test.each([
    [0, 0],
    [8, 5],
    [13, 9],
    [3, 9],
  ])('gives what sorting all differences around (%i, %i) gives', (x, y) => {
    const { width, height, data } = randomPlane(17, 13)
    const at = (column: number, row: number): number => data[row * width + column] as number
    const reach = (stage.search - 1) / 2
    const candidates: { place: number; difference: number }[] = []
    for (let top = Math.max(y - reach, 0); top <= Math.min(y + reach, height - stage.block); top++) {
      for (let left = Math.max(x - reach, 0); left <= Math.min(x + reach, width - stage.block); left++) {
        let difference = 0
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) difference += (at(x + j, y + i) - at(left + j, top + i)) ** 2
        }
        candidates.push({ place: top * width + left, difference })
      }
    }
    const sorted = candidates.toSorted((a, b) => a.difference - b.difference)
    const matcher = blockMatcher({ width, height, data }, stage)
    expect(matcher.match(x, y)).toBe(8)
    expect([...matcher.places]).toEqual(sorted.slice(0, 8).map(({ place }) => place))
  })
})

describe.each([normalProfile.hardThresholding, normalProfile.wiener, stage])(
  'collaborative filtering by %o',
  (each) => {
    test('gives the noisy plane back when nothing is shrunk, in every corner', () => {
      const noisy = randomPlane(23, 18)
      const guide = randomPlane(23, 18, 2)
      for (const matched of [noisy, guide]) {
        const { data } = collaborativeFilter(noisy, matched, each, () => 1)
        expect(largestDifference(data, noisy.data)).toBeLessThan(FLOAT32)
      }
    })

    test('hands the coefficients of guide and noisy plane over in the same order, the mean of the group first', () => {
      const noisy = randomPlane(23, 18)
      const double: Plane = { ...noisy, data: noisy.data.map((value) => 2 * value) }
      collaborativeFilter(noisy, double, each, (coefficients, guide, count) => {
        const used = coefficients.subarray(0, count)
        expect(
          largestDifference(
            guide.subarray(0, count),
            used.map((value) => 2 * value),
          ),
        ).toBeLessThan(FLOAT32)
        expect(used[0]).toBeGreaterThan(0.3 * Math.sqrt(count))
        return 1
      })
    })
  },
)
