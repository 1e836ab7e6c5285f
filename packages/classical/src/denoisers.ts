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
  /** @param sigma standard deviation of the noise on the 0..1 scale; the filters of a fixed window do not need it. */
  denoise(plane: Plane, sigma: number): Plane
}

/** Width of the Gaussian blur in pixels: about the best for photographs at sigma 25 of 255. */
const BLUR_DEVIATION = 0.8
/** Weight of the total variation for one unit of sigma: about the best for photographs at sigma 15 to 50 of 255. */
const TOTAL_VARIATION_WEIGHT = 0.8

/** The classical denoisers, from the plainest to the best. */
export const classicalDenoisers: readonly ClassicalDenoiser[] = [
  { name: 'mean', denoise: (plane) => meanFilter(plane) },
  { name: 'median', denoise: (plane) => medianFilter(plane) },
  { name: 'gaussian-blur', denoise: (plane) => gaussianBlur(plane, BLUR_DEVIATION) },
  { name: 'wiener', denoise: (plane, sigma) => wienerFilter(plane, sigma) },
  { name: 'wavelet', denoise: (plane, sigma) => bayesShrink(plane, sigma) },
  { name: 'total-variation', denoise: (plane, sigma) => totalVariation(plane, TOTAL_VARIATION_WEIGHT * sigma) },
  { name: 'non-local-means', denoise: (plane, sigma) => nonLocalMeans(plane, sigma) },
  { name: 'bm3d', denoise: (plane, sigma) => bm3d(plane, sigma) },
]
