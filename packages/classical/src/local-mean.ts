import { mirrored, pad } from './border.ts'
import type { Plane } from './plane.ts'

/**
 * Mean of `of(value)` over the `window` x `window` pixels around each pixel, in float64, mirrored at the edges.
 *
 * Source: summed-area table (Crow 1984), so the time does not depend on the window.
 */
export function localMean(plane: Plane, window: number, of: (value: number) => number): Float64Array {
  const { width, height } = plane
  const padded = pad(plane, (window - 1) / 2, mirrored)
  const stride = padded.width + 1
  const table = new Float64Array(stride * (padded.height + 1))
  for (let y = 0; y < padded.height; y++) {
    let sum = 0
    for (let x = 0; x < padded.width; x++) {
      sum += of(padded.data[y * padded.width + x] as number)
      table[(y + 1) * stride + x + 1] = (table[y * stride + x + 1] as number) + sum
    }
  }
  const means = new Float64Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) means[y * width + x] = boxSum(table, stride, x, y, window) / (window * window)
  }
  return means
}

/** Sum of the `size` x `size` values from column `left` and row `top` on, of a summed-area table with a zero row and column first. */
export function boxSum(table: Float64Array, stride: number, left: number, top: number, size: number): number {
  const upper = top * stride + left
  const lower = upper + size * stride
  return (
    (table[lower + size] as number) -
    (table[lower] as number) -
    (table[upper + size] as number) +
    (table[upper] as number)
  )
}
