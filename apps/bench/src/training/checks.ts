/** Two sides may differ in their first loss, which no update has touched yet, by this share: float32 sums in another order. */
const SAME_LOSS = 1e-3

/** A training that learns one batch by heart lowers its loss. */
export function checkLoss(
  [first = Number.NaN]: readonly number[],
  [last = Number.NaN]: readonly number[],
): string | undefined {
  return last < first ? undefined : `the loss did not fall: ${first} at first, ${last} in the end`
}

/** The first losses of sides that start from the same weights. */
export function checkSameLoss(
  [loss = Number.NaN]: readonly number[],
  [expected = Number.NaN]: readonly number[],
): string | undefined {
  return Math.abs(loss - expected) <= SAME_LOSS * Math.abs(expected)
    ? undefined
    : `the first losses differ, ${loss} and ${expected}: the networks are not the same`
}
