/** Two sides may differ by this share of the largest value: float32 sums in another order, over many layers. */
const SAME_OUTPUT = 1e-3

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs))

/** An output that is not a number, or the same everywhere, was not computed. */
export function checkOutput(first: readonly number[]): string | undefined {
  if (!first.every(Number.isFinite)) return 'the output holds NaN or infinity'
  return first.every((value) => value === first[0]) ? 'the output is the same everywhere' : undefined
}

/** Samples of an output against those of the first side. */
export function checkSameOutput(first: readonly number[], expected: readonly number[]): string | undefined {
  if (first.length !== expected.length) return `the outputs have ${first.length} and ${expected.length} samples`
  const difference = largest(first.map((value, i) => value - (expected[i] ?? Number.NaN)))
  const allowed = SAME_OUTPUT * largest(expected)
  return difference <= allowed ? undefined : `the outputs differ by up to ${difference}: the work is not the same`
}
