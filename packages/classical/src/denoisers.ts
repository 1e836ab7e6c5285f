import { bayesShrink } from './bayes-shrink.ts'
import { bm3d } from './bm3d/bm3d.ts'
import { gaussianBlur } from './gaussian.ts'
import { meanFilter } from './mean.ts'
import { medianFilter } from './median.ts'
import { nonLocalMeans } from './non-local-means.ts'
import type { Plane } from './plane.ts'
import { totalVariation } from './total-variation.ts'
import { wienerFilter } from './wiener.ts'

/** A denoiser by its name, with nothing left to choose. */
export interface ClassicalDenoiser {
  readonly name: string
  /** @param sigma standard deviation of the noise on the 0..1 scale; mean and median do not need it. */
  denoise(plane: Plane, sigma: number): Plane
}

/**
 * Width of the Gaussian blur in pixels over the square root of sigma: 0.62, 0.8 and 1.13 pixels at sigma 15, 25 and 50 of 255,
 * within 0.1 dB of the best of each on the 256 x 256 images of Set12.
 */
const BLUR_DEVIATION = 2.55
/**
 * Weight of the total variation over sigma: within 0.15 dB of the best at sigma 15 of 255, where that is 0.7, and the best or
 * nearly at 25 and 50, on the same images.
 */
const TOTAL_VARIATION_WEIGHT = 0.8

/** The classical denoisers, from the plainest to the best. */
export const classicalDenoisers: readonly ClassicalDenoiser[] = [
  { name: 'mean', denoise: (plane) => meanFilter(plane) },
  { name: 'median', denoise: (plane) => medianFilter(plane) },
  { name: 'gaussian-blur', denoise: (plane, sigma) => gaussianBlur(plane, BLUR_DEVIATION * Math.sqrt(sigma)) },
  { name: 'wiener', denoise: (plane, sigma) => wienerFilter(plane, sigma) },
  { name: 'wavelet', denoise: (plane, sigma) => bayesShrink(plane, sigma) },
  { name: 'total-variation', denoise: (plane, sigma) => totalVariation(plane, TOTAL_VARIATION_WEIGHT * sigma) },
  { name: 'non-local-means', denoise: (plane, sigma) => nonLocalMeans(plane, sigma) },
  { name: 'bm3d', denoise: (plane, sigma) => bm3d(plane, sigma) },
]
