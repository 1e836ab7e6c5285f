import type { Shape } from '@noisescope/core'
import type { StoredTensor } from '@noisescope/nn'

/** Largest code of eight bits. */
const LARGEST_CODE = 255

/** A tensor [c, h, w] in eight bits: value = offset[c] + scale[c] * code. */
export interface Quantised {
  readonly shape: Shape
  readonly codes: Uint8Array
  /** [c] */
  readonly scale: Float32Array
  /** [c] */
  readonly offset: Float32Array
}

/**
 * Spreads the values of each channel evenly over the codes 0..255, from the channel's least value to its largest.
 * @returns also the largest difference that any value suffers; undefined when values are NaN or infinite, or so large that
 * float32 cannot hold their differences.
 */
export function quantise({ shape, data }: StoredTensor): (Quantised & { readonly error: number }) | undefined {
  const [channels = 0] = shape
  const pixels = channels === 0 ? 0 : data.length / channels
  const quantised = {
    shape,
    codes: new Uint8Array(data.length),
    scale: new Float32Array(channels),
    offset: new Float32Array(channels),
  }
  for (let c = 0; c < channels; c++) {
    const values = data.subarray(c * pixels, (c + 1) * pixels)
    const [least, largest] = extent(values)
    quantised.offset[c] = least
    quantised.scale[c] = (largest - least) / LARGEST_CODE
    const scale = quantised.scale[c] as number
    // A flat channel is its offset alone.
    if (scale === 0) continue
    const codes = quantised.codes.subarray(c * pixels, (c + 1) * pixels)
    for (let i = 0; i < pixels; i++) {
      codes[i] = Math.min(Math.round(((values[i] as number) - least) / scale), LARGEST_CODE)
    }
  }
  const error = largestDifference(data, dequantise(quantised))
  return Number.isFinite(error) ? { ...quantised, error } : undefined
}

/** The values that the codes stand for, rounded to float32. */
export function dequantise({ codes, scale, offset }: Omit<Quantised, 'shape'>): Float32Array {
  const values = new Float32Array(codes.length)
  const pixels = codes.length / scale.length
  scale.forEach((step, c) => {
    const start = offset[c] as number
    for (let i = c * pixels; i < (c + 1) * pixels; i++) values[i] = start + step * (codes[i] as number)
  })
  return values
}

function extent(values: Float32Array): [least: number, largest: number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > largest) largest = value
  }
  return [least, largest]
}

/** NaN where either has one. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)))
  return largest
}
