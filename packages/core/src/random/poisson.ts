import { InputError } from '../errors.ts'

const WORDS = 2 ** 32
/** Relative weight below which the two ends of the distribution are left out. */
const NEGLIGIBLE = 2 ** -64
/** Beyond this a table is longer than a kernel's text should be (1,300 numbers). */
const MAX_RATE = 10_000

/** The inverse of a Poisson distribution function: a word gives `first` plus the count of thresholds up to it. */
export interface PoissonTable {
  readonly first: number
  /** floor(2^32 P(X <= first + i)), ascending. */
  readonly thresholds: readonly number[]
}

/**
 * The table for a mean. Exact to 32 bits: both sides compare whole numbers.
 * @throws InputError unless 0 < rate <= 10,000.
 */
export function poissonTable(rate: number): PoissonTable {
  if (!(rate > 0 && rate <= MAX_RATE)) {
    throw new InputError(
      `Poisson rate ${rate} is not usable; expected more than 0 and at most ${MAX_RATE}; give the mean count per draw`,
    )
  }
  const weights = weightsAround(rate)
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  const thresholds: number[] = []
  let first = 0
  let below = 0
  for (const [count, weight] of weights) {
    below += weight
    const threshold = Math.floor((below / total) * WORDS)
    if (threshold >= WORDS) break
    if (threshold === 0) first = count + 1
    else thresholds.push(threshold)
    if (threshold === WORDS - 1) break
  }
  return { first: thresholds.length === 0 ? 0 : first, thresholds }
}

/** Counts with their probabilities relative to the most probable one, ascending. */
function weightsAround(rate: number): (readonly [number, number])[] {
  const mode = Math.floor(rate)
  const lower: (readonly [number, number])[] = []
  for (let count = mode, weight = 1; count >= 0 && weight > NEGLIGIBLE; count--) {
    lower.push([count, weight])
    weight *= count / rate
  }
  const upper: (readonly [number, number])[] = []
  for (let count = mode + 1, weight = rate / (mode + 1); weight > NEGLIGIBLE; count++) {
    upper.push([count, weight])
    weight *= rate / (count + 1)
  }
  return [...lower.reverse(), ...upper]
}

/** A Poisson count of a word. */
export function poisson({ first, thresholds }: PoissonTable, word: number): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (word >= (thresholds[middle] as number)) low = middle + 1
    else high = middle
  }
  return first + low
}

/** WGSL function `poisson(word: u32) -> f32` for a mean. */
export function poissonFunction(rate: number): string {
  const { first, thresholds } = poissonTable(rate)
  const table = thresholds.length === 0 ? '0xffffffffu' : thresholds.map((threshold) => `${threshold}u`).join(', ')
  return `
const thresholds = array(${table});

fn poisson(word: u32) -> f32 {
  var low = 0u;
  var high = ${thresholds.length}u;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (word >= thresholds[middle]) { low = middle + 1u; } else { high = middle; }
  }
  return f32(${first}u + low);
}
`
}
