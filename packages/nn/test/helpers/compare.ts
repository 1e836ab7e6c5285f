/** Largest difference over the largest magnitude of the expected values. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE)
  return (
    Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs((actual[i] as number) - value)), 0) / scale
  )
}
