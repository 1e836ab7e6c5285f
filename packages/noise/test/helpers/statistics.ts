import { expect } from 'vitest'

/** Mean and central moments of numbers. */
export function moments(values: ArrayLike<number>): { mean: number; variance: number; fourth: number } {
  const list = Array.from(values)
  const mean = list.reduce((a, b) => a + b, 0) / list.length
  const central = (power: number) => list.reduce((sum, value) => sum + (value - mean) ** power, 0) / list.length
  return { mean, variance: central(2), fourth: central(4) }
}

/** How many standard errors an estimate may be off: with fixed keys a test passes or fails always, one in 2 million by chance. */
const STANDARD_ERRORS = 5

/** Expects an estimate to be within five standard errors. */
export function expectWithin(actual: number, expected: number, standardError: number, what: string): void {
  const off = (actual - expected) / standardError
  expect(Math.abs(off), `${what}: ${actual}, expected ${expected}, ${off.toFixed(1)} standard errors off`).toBeLessThan(
    STANDARD_ERRORS,
  )
}

/** Expects the mean and the variance of a sample, whose standard errors follow from its own moments. */
export function expectMoments(values: ArrayLike<number>, mean: number, variance: number, what: string): void {
  const found = moments(values)
  expectWithin(found.mean, mean, Math.sqrt(variance / values.length), `mean of ${what}`)
  expectWithin(
    found.variance,
    variance,
    Math.sqrt((found.fourth - found.variance ** 2) / values.length),
    `variance of ${what}`,
  )
}
