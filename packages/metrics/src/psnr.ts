import { assertComparable, assertDataRange } from './check.ts'

/**
 * Mean of the squared differences of two images, accumulated in float64.
 * @param a Values in any layout, for example CHW on 0..1.
 * @param b As many values in the same layout.
 * @throws {ShapeError} when the lengths differ.
 * @throws {InputError} when the images are empty or not finite.
 */
export function meanSquaredError(a: Float32Array, b: Float32Array): number {
  assertComparable(a, b)
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    sum += difference * difference
  }
  return sum / a.length
}

/**
 * Peak signal-to-noise ratio in dB, `10 log10(dataRange^2 / MSE)`; `Infinity` for equal images.
 *
 * Values are taken as they are: clip a network's output to 0..`dataRange` first to follow the published protocol.
 * @param options.dataRange Distance from black to white: 1 (the default) for images on 0..1.
 * @throws {ShapeError} when the lengths differ.
 * @throws {InputError} when the images are empty or not finite, or the data range is not positive.
 */
export function psnr(a: Float32Array, b: Float32Array, { dataRange = 1 }: { dataRange?: number } = {}): number {
  assertDataRange(dataRange)
  return psnrOfError(meanSquaredError(a, b), dataRange)
}

/** PSNR in dB of a mean squared error that is already known; `Infinity` for 0. */
export function psnrOfError(meanSquared: number, dataRange: number): number {
  return 10 * Math.log10((dataRange * dataRange) / meanSquared)
}
