import { describe, expect, test } from 'vitest'
import { histogramOf } from '../../src/analysis/index.ts'

describe('a histogram', () => {
  test('counts each value once, the largest in the last bin', () => {
    // Bins are 1 wide: 0..1, 1..2, up to 63..64.
    const histogram = histogramOf(Float32Array.of(0, 0.5, 1, 1.99, 63, 64))
    expect(histogram.range).toEqual([0, 64])
    expect(histogram.counts).toHaveLength(64)
    expect([...histogram.counts].map((count, bin) => [bin, count]).filter(([, count]) => count !== 0)).toEqual([
      [0, 2],
      [1, 2],
      [63, 2],
    ])
  })

  test('counts what is not finite apart', () => {
    const values = Float32Array.of(1, Number.NaN, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
    const { range, counts, notFinite } = histogramOf(values)
    expect(range).toEqual([1, 2])
    expect(notFinite).toBe(3)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2)
  })

  test('of one value is one bin, and of none no bin', () => {
    const flat = histogramOf(Float32Array.of(3, 3, 3))
    expect([...flat.counts]).toEqual([3])
    expect(histogramOf(Float32Array.of(Number.NaN))).toEqual({ range: null, counts: new Uint32Array(), notFinite: 1 })
  })

  test('loses no value of a range that floating point cannot divide evenly', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => Math.sin(i) * 0.1 + 1e3)
    expect(histogramOf(values).counts.reduce((sum, count) => sum + count, 0)).toBe(10_000)
  })
})
