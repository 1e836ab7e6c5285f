/** The middle of some figures, and how far apart they are. */
export interface Summary {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  if (low === undefined || high === undefined) throw new RangeError('there is no median of no values')
  return (low + high) / 2
}

/** Median, least and most of the rounds of one side. @throws RangeError for no values. */
export const summarise = (values: readonly number[]): Summary => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
})

/**
 * One side to the other, round by round: what ran next to each other is compared, so that a machine that slows down in the
 * course of the bench slows both. @throws RangeError when one side has more rounds.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length)
    throw new RangeError(`${ours.length} rounds cannot be compared with ${theirs.length}`)
  return ours.map((value, i) => value / (theirs[i] as number))
}
