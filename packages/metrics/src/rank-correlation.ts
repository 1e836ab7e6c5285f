import { InputError } from '@noisescope/core'
import { assertFinite, assertLength } from './check.ts'

/**
 * Spearman's rank correlation, -1..1: Pearson's correlation of the ranks, equal values having the mean of their ranks.
 * null when all values of one side are equal.
 *
 * Source: Kendall 1948, "Rank Correlation Methods", chapter 3 (ties).
 * @throws {InputError} when the lengths differ, there is no value, or one is not finite.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  if (a.length === 0) throw new InputError('there are no values; expected at least two on each side')
  assertLength(b, a.length, 'the second list', 'as many values as in the first')
  assertFinite(a, 'the first list')
  assertFinite(b, 'the second list')
  const [x, y] = [ranks(a), ranks(b)]
  const mean = (a.length - 1) / 2
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(x[i] as number) - mean, (y[i] as number) - mean]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy)
}

/** Places of values in ascending order, from 0; equal values have the mean of their places. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i)
  order.sort((i, j) => (values[i] as number) - (values[j] as number))
  const found = new Float64Array(values.length)
  for (let from = 0, to = 0; from < order.length; from = to) {
    const value = values[order[from] as number]
    while (to < order.length && values[order[to] as number] === value) to++
    for (let k = from; k < to; k++) found[order[k] as number] = (from + to - 1) / 2
  }
  return found
}
