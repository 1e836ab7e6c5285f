import { InputError } from '@noisescope/core'
import { checkPlane, type Plane } from './plane.ts'
import { analyse } from './wavelet.ts'

/** Median of |z| of a standard normal z. */
const MEDIAN_OF_NORMAL = 0.6745

/**
 * The standard deviation of Gaussian noise on the 0..1 scale, estimated from the noisy plane alone.
 *
 * sigma = median |y| / 0.6745 over the finest diagonal wavelet coefficients y (db2), nearly all of which are noise
 *
 * Source: Donoho and Johnstone 1994, "Ideal spatial adaptation by wavelet shrinkage".
 * @throws {InputError} when the plane cannot be used or is a single line, which has no diagonal details
 */
export function estimateSigma(plane: Plane): number {
  checkPlane(plane)
  if (plane.width < 2 || plane.height < 2) {
    throw new InputError(
      `the plane is ${plane.width}x${plane.height}; expected both sides from 2 up; give sigma for a single line`,
    )
  }
  const { diagonal } = analyse({ ...plane, values: Float64Array.from(plane.data) }, 'db2')
  return median(diagonal.values.map(Math.abs)) / MEDIAN_OF_NORMAL
}

/**
 * The mean of {@link estimateSigma} over the channels of an image, [channels, height, width].
 * @throws {InputError} when the image cannot be used or is a single line
 */
export function estimateImageSigma({ width, height, channels, data }: Plane & { readonly channels: number }): number {
  const pixels = width * height
  const levels = Array.from({ length: channels }, (_, c) =>
    estimateSigma({ width, height, data: data.subarray(c * pixels, (c + 1) * pixels) }),
  )
  return levels.reduce((sum, level) => sum + level, 0) / channels
}

function median(values: Float64Array): number {
  const sorted = values.toSorted()
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2
}
