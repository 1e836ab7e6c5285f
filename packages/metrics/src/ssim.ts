import { ShapeError } from '@noisescope/core'
import { assertComparable, assertDataRange, assertPositiveInteger, type ImageShape } from './check.ts'
import { gaussianWindow, ValidFilter } from './window.ts'

/** Side of Wang's window in pixels; smaller images get a smaller one, see {@link ssimWindowSize}. */
const WINDOW_SIZE = 11
const WINDOW_SIGMA = 1.5
/** Wang 2004's constants that keep the two ratios finite where an image is black or flat. */
const K1 = 0.01
const K2 = 0.03

/** An image's sizes, and the distance from black to white (1 unless given). */
export interface SsimOptions extends ImageShape {
  readonly dataRange?: number | undefined
}

/**
 * Side in pixels of the window that {@link ssim} uses: 11, or for an image with a smaller side the largest odd size
 * that fits into it, so that every image has an answer. Such a value compares outputs of one size with each other, not
 * with published figures: say so where it is shown. At 1 (sides of 1 or 2) there is no structure left and SSIM compares
 * the brightness of single pixels.
 */
export function ssimWindowSize(width: number, height: number): number {
  const side = Math.min(WINDOW_SIZE, width, height)
  return side % 2 === 1 ? side : side - 1
}

/**
 * Mean structural similarity of two images, at most 1, and 1 for equal images.
 *
 * 11x11 Gaussian window of sigma 1.5, K1 0.01, K2 0.03, biased covariance, averaged over the positions where the window
 * lies inside the image (5 pixels of border cut), then over the channels: the numbers of scikit-image's
 * `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)`. Images with a side below 11
 * are measured through a smaller window, see {@link ssimWindowSize}.
 *
 * Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural
 * similarity", IEEE TIP 2004, equation 13.
 * @param a CHW values of `channels * height * width`.
 * @param b As many values in the same layout.
 * @throws {ShapeError} when the lengths differ from each other or from the sizes given.
 * @throws {InputError} when an image is empty or not finite, or a size or the data range is not positive.
 */
export function ssim(a: Float32Array, b: Float32Array, options: SsimOptions): number {
  return ssimMeter(options)(a, b)
}

/**
 * {@link ssim} for many images of one shape: returns a function that compares two of them in buffers that it keeps.
 * @throws {InputError} when a size or the data range is not positive.
 */
export function ssimMeter(options: SsimOptions): (a: Float32Array, b: Float32Array) => number {
  const { width, height, channels = 1, dataRange = 1 } = options
  assertPositiveInteger(width, 'width')
  assertPositiveInteger(height, 'height')
  assertPositiveInteger(channels, 'channels')
  assertDataRange(dataRange)
  const pixels = width * height
  const filter = new ValidFilter(gaussianWindow(ssimWindowSize(width, height), WINDOW_SIGMA), width, height)
  const products = new Float64Array(pixels)
  const planes = { meanA: filter.plane(), meanB: filter.plane(), power: filter.plane(), cross: filter.plane() }

  const ofChannel = (a: Float32Array, b: Float32Array): number => {
    filter.apply(a, planes.meanA)
    filter.apply(b, planes.meanB)
    for (let i = 0; i < pixels; i++) products[i] = (a[i] as number) ** 2 + (b[i] as number) ** 2
    filter.apply(products, planes.power)
    for (let i = 0; i < pixels; i++) products[i] = (a[i] as number) * (b[i] as number)
    filter.apply(products, planes.cross)
    return meanSimilarity(planes, dataRange)
  }

  return (a, b) => {
    if (a.length !== channels * pixels) {
      throw new ShapeError(
        `the first image has ${a.length} values; expected ${channels * pixels} for ` +
          `[channels ${channels}, height ${height}, width ${width}]; give the sizes that the image has`,
      )
    }
    assertComparable(a, b)
    let sum = 0
    for (let start = 0; start < a.length; start += pixels) {
      sum += ofChannel(a.subarray(start, start + pixels), b.subarray(start, start + pixels))
    }
    return sum / channels
  }
}

/** Local moments under the window: the two means, the mean of a^2 + b^2, and the mean of a * b. */
interface Moments {
  readonly meanA: Float64Array
  readonly meanB: Float64Array
  readonly power: Float64Array
  readonly cross: Float64Array
}

/** Equation 13 at every position, averaged; only the sum of the two variances occurs in it. */
function meanSimilarity({ meanA, meanB, power, cross }: Moments, dataRange: number): number {
  const c1 = (K1 * dataRange) ** 2
  const c2 = (K2 * dataRange) ** 2
  let sum = 0
  for (let i = 0; i < meanA.length; i++) {
    const a = meanA[i] as number
    const b = meanB[i] as number
    const squaredMeans = a * a + b * b
    const variances = (power[i] as number) - squaredMeans
    const covariance = (cross[i] as number) - a * b
    sum += ((2 * a * b + c1) * (2 * covariance + c2)) / ((squaredMeans + c1) * (variances + c2))
  }
  return sum / meanA.length
}
