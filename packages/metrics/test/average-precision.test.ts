import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averagePrecision } from '../src/index.ts'

/** Every threshold in turn, with all items counted anew: O(n^2). */
function plainAveragePrecision(scores: number[], marked: number[]): number {
  const all = marked.filter((mark) => mark !== 0).length
  let before = 0
  let sum = 0
  for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
    const detected = scores.map((score) => score >= threshold)
    const found = detected.filter((is, i) => is && marked[i] !== 0).length
    const precision = found / detected.filter((is) => is).length
    sum += (found / all - before) * precision
    before = found / all
  }
  return sum
}

const items = fc.array(
  fc.record({
    score: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 5, noNaN: true })),
    mark: fc.integer({ min: 0, max: 1 }),
  }),
  { minLength: 2, maxLength: 40 },
)

describe('average precision', () => {
  test('is the sum over thresholds written out, with and without equal scores', () => {
    fc.assert(
      fc.property(items, (list) => {
        const scores = list.map(({ score }) => score)
        const marked = list.map(({ mark }) => mark)
        fc.pre(marked.includes(0) && marked.includes(1))
        expect(averagePrecision(scores, marked)).toBeCloseTo(plainAveragePrecision(scores, marked), 12)
      }),
      { numRuns: 300, seed: 2004 },
    )
  })

  test('is the value of scikit-learn for the example in its manual', () => {
    expect(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBeCloseTo(5 / 6, 12)
  })

  test('is the share of marked items when all scores are equal, in any order', () => {
    expect(averagePrecision([1, 1, 1, 1], [1, 0, 0, 0])).toBe(1 / 4)
    expect(averagePrecision([1, 1, 1, 1], [0, 0, 0, 1])).toBe(1 / 4)
  })

  test('is null when nothing or everything is marked', () => {
    expect(averagePrecision([1, 2], [0, 0])).toBe(null)
    expect(averagePrecision([1, 2], [1, 1])).toBe(null)
    expect(averagePrecision([], [])).toBe(null)
  })

  test('refuses NaN and lists of different lengths', () => {
    expect(() => averagePrecision([1, Number.NaN], [0, 1])).toThrow(InputError)
    expect(() => averagePrecision([1, 2], [0])).toThrow(InputError)
  })
})
