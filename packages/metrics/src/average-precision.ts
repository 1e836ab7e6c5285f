import { assertFinite, assertLength } from './check.ts'

/**
 * Average precision of finding the marked items by their scores: the sum over thresholds k of (R_k - R_(k-1)) P_k, with
 * precision P and recall R of the items that score at least as much; exact, and items of equal score enter together.
 *
 * null where no item is marked or all are, since it would be undefined or 1 for any scores. Scores that are all equal
 * give the share of marked items, which is chance: values of sets with different shares are not alike.
 *
 * Source: as scikit-learn's `average_precision_score`; Zhu 2004, "Recall, precision and average precision".
 * @param scores |r| for every pixel, say, in any order.
 * @param marked As many values: anything but 0 where a pixel is to be found.
 * @throws {InputError} when the lengths differ or a score is not finite.
 */
export function averagePrecision(scores: ArrayLike<number>, marked: ArrayLike<number>): number | null {
  assertLength(marked, scores.length, 'the list of marks', 'as many scores')
  assertFinite(scores, 'the list of scores')
  let count = 0
  for (let i = 0; i < marked.length; i++) if (marked[i] !== 0) count++
  const found = new Float64Array(count)
  const others = new Float64Array(scores.length - count)
  for (let i = 0, f = 0, o = 0; i < scores.length; i++) {
    if (marked[i] !== 0) found[f++] = scores[i] as number
    else others[o++] = scores[i] as number
  }
  return averagePrecisionOfSorted(found.sort(), others.sort())
}

/** {@link averagePrecision} of ascending scores of the marked items and of the other ones. */
export function averagePrecisionOfSorted(marked: Float64Array, others: Float64Array): number | null {
  if (marked.length === 0 || others.length === 0) return null
  let [m, o] = [marked.length - 1, others.length - 1]
  let sum = 0
  while (m >= 0) {
    const threshold = Math.max(marked[m] as number, o >= 0 ? (others[o] as number) : Number.NEGATIVE_INFINITY)
    const before = m
    while (m >= 0 && marked[m] === threshold) m--
    while (o >= 0 && others[o] === threshold) o--
    const truePositives = marked.length - 1 - m
    const falsePositives = others.length - 1 - o
    sum += ((before - m) * truePositives) / (truePositives + falsePositives)
  }
  return sum / marked.length
}
