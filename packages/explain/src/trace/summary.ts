import type { StoredTensor } from '@noisescope/nn'
import type { ValueRange } from './types.ts'

/** Least and largest of the finite values, as a trace states them. */
export function rangeOf(values: Float32Array): ValueRange {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return min <= max ? [min, max] : null
}

/** The channels of [c, h, w] in which all is zero: dead ones, when the layer ends in a ReLU and the images are many. */
export function zeroChannels({ shape: [channels = 0], data }: StoredTensor): number[] {
  const pixels = data.length / channels
  return Array.from({ length: channels }, (_, c) => c).filter((c) =>
    data.subarray(c * pixels, (c + 1) * pixels).every((value) => value === 0),
  )
}
