import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { areaUnderCurve, diffusionIndex, gini, rankCorrelation } from '../src/index.ts'

describe('the Gini coefficient', () => {
  test('is half the mean difference of all pairs over the mean', () => {
    const lists = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(lists, (values) => {
        const mean = values.reduce((a, b) => a + b, 0) / values.length
        fc.pre(mean > 1e-6)
        let differences = 0
        for (const a of values) for (const b of values) differences += Math.abs(a - b)
        expect(gini(values)).toBeCloseTo(differences / (2 * values.length ** 2 * mean), 9)
      }),
      { numRuns: 200, seed: 1979 },
    )
  })

  test('is 0 for equal values, (n - 1) / n when one has everything, and null when nobody has anything', () => {
    expect(gini([2, 2, 2])).toBe(0)
    expect(gini([0, 5, 0, 0])).toBe(3 / 4)
    expect(gini([0, 0])).toBe(null)
  })

  test('refuses no values, negative ones and NaN', () => {
    expect(() => gini([])).toThrow(InputError)
    expect(() => gini([1, -1])).toThrow(/magnitudes/)
    expect(() => gini([1, Number.NaN])).toThrow(InputError)
  })
})

describe('the diffusion index', () => {
  test('is 100 for a flat map whatever its signs, and 100 / n for one pixel of n', () => {
    expect(diffusionIndex(Float32Array.from([1, -1, 1, -1]))).toBe(100)
    expect(diffusionIndex(Float32Array.from([0, 0, -2, 0]))).toBe(25)
    expect(diffusionIndex(new Float32Array(4))).toBe(null)
  })
})

describe("Spearman's rank correlation", () => {
  test('gives equal values the mean of their ranks, by hand', () => {
    // Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3.
    expect(rankCorrelation([1, 2, 2, 3], [10, 20, 30, 40])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12)
  })

  test('does not change under anything that keeps the order, and changes its sign under what turns it', () => {
    const pairs = fc.array(fc.record({ a: fc.integer({ min: -9, max: 9 }), b: fc.integer({ min: -9, max: 9 }) }), {
      minLength: 2,
      maxLength: 30,
    })
    fc.assert(
      fc.property(pairs, (list) => {
        const a = list.map((pair) => pair.a)
        const b = list.map((pair) => pair.b)
        const correlation = rankCorrelation(a, b)
        const flat = new Set(a).size === 1 || new Set(b).size === 1
        expect(correlation === null).toBe(flat)
        expect(rankCorrelation(b, a)).toBe(correlation)
        if (correlation === null) return
        expect(rankCorrelation(a.map(Math.exp), b)).toBeCloseTo(correlation, 12)
        expect(
          rankCorrelation(
            a.map((value) => -value),
            b,
          ),
        ).toBeCloseTo(-correlation, 12)
      }),
      { numRuns: 200, seed: 1948 },
    )
  })

  test('is 1 for equal orders and -1 for opposite ones', () => {
    expect(rankCorrelation([1, 5, 9], [0, 0.1, 80])).toBe(1)
    expect(rankCorrelation([1, 5, 9], [3, 2, 1])).toBe(-1)
  })

  test('refuses no values, different lengths and NaN', () => {
    expect(() => rankCorrelation([], [])).toThrow(InputError)
    expect(() => rankCorrelation([1, 2], [1])).toThrow(InputError)
    expect(() => rankCorrelation([1, Number.NaN], [1, 2])).toThrow(InputError)
  })
})

describe('the area under a curve', () => {
  test('is the trapezoid over 0..1', () => {
    expect(areaUnderCurve([1, 1, 1])).toBe(1)
    expect(areaUnderCurve([0, 1])).toBe(1 / 2)
    expect(areaUnderCurve([0, 4, 2])).toBe((6 - 1) / 2)
  })

  test('refuses fewer than two points and NaN', () => {
    expect(() => areaUnderCurve([1])).toThrow(InputError)
    expect(() => areaUnderCurve([0, Number.NaN])).toThrow(InputError)
  })
})
