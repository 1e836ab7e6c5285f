import { InputError, keyFrom, random } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { bootstrapInterval, bootstrapMeanInterval } from '../src/index.ts'
import { expandedTail } from '../src/student-t.ts'

const values = random('normal', keyFrom(1), 40)

describe('the bootstrap interval', () => {
  test('covers the true mean in about 95 of 100 samples of 40 normal values', () => {
    const repetitions = 300
    let covered = 0
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const sample = random('normal', keyFrom(11, repetition), 40)
      const interval = bootstrapMeanInterval(sample, { resamples: 300, seed: repetition })!
      if (interval.low <= 0 && interval.high >= 0) covered++
    }
    expect(covered / repetitions).toBeGreaterThan(0.91)
    expect(covered / repetitions).toBeLessThan(0.98)
  })

  // Percentile intervals that are not expanded cover 0.82 and 0.90 of normal samples, and 0.79 and 0.86 of exponential ones.
  test.each([
    [5, 'normal', 0.91, 0.98],
    [10, 'normal', 0.92, 0.98],
    [5, 'exponential', 0.84, 0.96],
    [10, 'exponential', 0.87, 0.96],
  ] as const)('covers the true mean of %i %s values nearly as often', (count, distribution, least, most) => {
    const repetitions = 600
    let covered = 0
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const draws =
        distribution === 'normal'
          ? random('normal', keyFrom(12, repetition), count)
          : random('uniform', keyFrom(12, repetition), count).map((share) => -Math.log(1 - share) - 1)
      const interval = bootstrapMeanInterval(draws, { resamples: 400, seed: repetition })!
      if (interval.low <= 0 && interval.high >= 0) covered++
    }
    expect(covered / repetitions).toBeGreaterThan(least)
    expect(covered / repetitions).toBeLessThan(most)
  })

  test('is about as wide as Student’s t interval', () => {
    const { low, high } = bootstrapMeanInterval(values, { resamples: 4000 })!
    const mean = values.reduce((a, b) => a + b, 0) / 40
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 39 / 40)
    expect((high - low) / error / (2 * 2.023)).toBeGreaterThan(0.94)
    expect((high - low) / error / (2 * 2.023)).toBeLessThan(1.06)
  })

  // t quantiles of SciPy 1.10, stats.t.ppf(0.975, n - 1), and stats.norm.sf(t sqrt(n / (n - 1))).
  test.each([
    [5, 0.000954],
    [10, 0.008551],
    [20, 0.015881],
    [100, 0.023064],
    [2000, 0.024902],
  ])('leaves out a tail for %i values as SciPy has it', (count, tail) => {
    expect(Math.abs(expandedTail(0.95, count) - tail)).toBeLessThan(1e-4)
  })

  test('is the same for the same seed and another for another', () => {
    const of = (seed: number) => bootstrapMeanInterval(values, { resamples: 50, seed })
    expect(of(3)).toEqual(of(3))
    expect(of(4)).not.toEqual(of(3))
  })

  test('is narrower for a smaller confidence', () => {
    const wide = bootstrapMeanInterval(values)!
    const narrow = bootstrapMeanInterval(values, { confidence: 0.5 })!
    expect(narrow.low).toBeGreaterThan(wide.low)
    expect(narrow.high).toBeLessThan(wide.high)
  })

  test('draws every image about equally often', () => {
    const times = new Array<number>(5).fill(0)
    bootstrapInterval(5, (indices) => {
      for (const index of indices) times[index]!++
      return 0
    })
    expect(times.reduce((a, b) => a + b, 0)).toBe(5000)
    for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })

  test('leaves out resamples without a value, and is null where none has one or there is one image', () => {
    let calls = 0
    const everyOther = () => (calls++ % 2 === 0 ? 1 : null)
    expect(bootstrapInterval(3, everyOther, { resamples: 10 })).toEqual({ low: 1, high: 1, resamples: 5 })
    expect(bootstrapInterval(3, () => null)).toBe(null)
    expect(bootstrapMeanInterval([0.5])).toBe(null)
  })

  test('refuses no images, NaN, and options out of range', () => {
    expect(() => bootstrapMeanInterval([])).toThrow(InputError)
    expect(() => bootstrapMeanInterval([1, Number.NaN])).toThrow(InputError)
    expect(() => bootstrapMeanInterval([1, 2], { resamples: 0 })).toThrow(InputError)
    expect(() => bootstrapMeanInterval([1, 2], { confidence: 95 })).toThrow(/share between 0 and 1/)
    expect(() => bootstrapMeanInterval([1, 2], { seed: -1 })).toThrow(InputError)
  })
})
