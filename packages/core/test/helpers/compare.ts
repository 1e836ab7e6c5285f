import { expect } from 'vitest'

/** Largest difference over the largest magnitude of the expected values; the floor keeps all-zero tensors comparable. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-6): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let scale = floor
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs((actual[i] as number) - (expected[i] as number))
    if (Number.isNaN(d)) return Number.NaN
    difference = Math.max(difference, d)
    scale = Math.max(scale, Math.abs(expected[i] as number))
  }
  return difference / scale
}

/** Fails with the name and the error when two tensors differ by more than `tolerance` of the largest expected magnitude. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
  tolerance = 1e-4,
): void {
  const error = relativeError(actual, expected)
  expect(error, `${name}: relative error ${error}`).toBeLessThanOrEqual(tolerance)
}
