import { rangeOf, type ValueRange } from '@noisescope/explain/trace'

/** How often values lie in each of equal bins over their range. */
export interface Histogram {
  /** Of the finite values. */
  readonly range: ValueRange
  /** One bin where all values are the same, none where no value is finite. */
  readonly counts: Uint32Array
  /** Values that are NaN or infinite. */
  readonly notFinite: number
}

/** Enough to show a channel's modes, and each wide enough to point at. */
const BINS = 64

/** The histogram of a channel; the largest value is in the last bin. */
export function histogramOf(values: Float32Array): Histogram {
  const range = rangeOf(values)
  if (range === null) return { range, counts: new Uint32Array(), notFinite: values.length }
  const [low, high] = range
  const counts = new Uint32Array(low === high ? 1 : BINS)
  const binsPerUnit = low === high ? 0 : BINS / (high - low)
  let notFinite = 0
  for (const value of values) {
    if (Number.isFinite(value)) {
      const bin = Math.min(Math.floor((value - low) * binsPerUnit), counts.length - 1)
      counts[bin] = (counts[bin] as number) + 1
    } else notFinite++
  }
  return { range, counts, notFinite }
}
