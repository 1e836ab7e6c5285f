/** Share of a standard normal distribution above x. Source: Abramowitz and Stegun 1964, 7.1.26, within 1e-7. */
function normalTail(x: number): number {
  const z = Math.abs(x) / Math.SQRT2
  const k = 1 / (1 + 0.3275911 * z)
  const series = k * (0.254829592 + k * (-0.284496736 + k * (1.421413741 + k * (-1.453152027 + k * 1.061405429))))
  const tail = 0.5 * series * Math.exp(-z * z)
  return x < 0 ? 1 - tail : tail
}

/** Halvings after which the last digit stands. */
const HALVINGS = 60
/** Beyond it the tail is nothing. */
const FARTHEST = 10

/** The x that this share of a standard normal distribution is above, for shares up to a half. */
function normalQuantile(tail: number): number {
  let [low, high] = [0, FARTHEST]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (normalTail(middle) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * The quantile of Student's t distribution for which the normal one has the quantile z.
 * Source: Abramowitz and Stegun 1964, 26.7.5; within 1% from 2 degrees of freedom up, and too small below.
 */
function studentQuantile(z: number, freedom: number): number {
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ]
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), z)
}

/**
 * The share of resamples to leave out at either end, so that a percentile interval of a mean of `count` values covers as much as
 * it says: less than half of what is outside the confidence, since resamples spread less than samples do, by (count - 1) / count,
 * and the spread itself is an estimate, as Student's t takes into account. 0.025 for many values; 0.0158 for 20, 0.001 for 5.
 *
 * Source: Hesterberg 2015, "What teachers should know about the bootstrap" (the expanded percentile interval).
 * @param count of the values, more than 1; a fraction where they count differently.
 */
export function expandedTail(confidence: number, count: number): number {
  const student = studentQuantile(normalQuantile((1 - confidence) / 2), count - 1)
  return normalTail(student * Math.sqrt(count / (count - 1)))
}
