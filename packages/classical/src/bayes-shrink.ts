import { checkLevel, checkPlane, type Plane } from './plane.ts'
import { analyse, filterLength, type Grid, synthesise, type Wavelet } from './wavelet.ts'

/** Levels that stay whole: the coarsest hold too few coefficients to estimate a variance from. */
const UNTOUCHED_LEVELS = 3

/**
 * Wavelet shrinkage: soft thresholding of each detail sub-band by a threshold from its own variance.
 *
 * T = sigma^2 / sigma_x with sigma_x^2 = max(mean(y^2) - sigma^2, 0) over the sub-band's coefficients y; a sub-band of noise
 * alone (sigma_x = 0) vanishes
 *
 * Source: Chang, Yu and Vetterli 2000, "Adaptive wavelet thresholding for image denoising and compression", equations 11 to 15.
 * @param sigma standard deviation of the noise on the 0..1 scale
 * @throws {InputError} when the plane or sigma cannot be used
 */
export function bayesShrink(plane: Plane, sigma: number, wavelet: Wavelet = 'db2'): Plane {
  checkPlane(plane)
  checkLevel(sigma, 'sigma')
  const possible = Math.floor(Math.log2(Math.min(plane.width, plane.height) / (filterLength(wavelet) - 1)))
  const levels = Math.max(possible - UNTOUCHED_LEVELS, 1)
  const { values } = shrink({ ...plane, values: Float64Array.from(plane.data) }, sigma, wavelet, levels)
  return { ...plane, data: Float32Array.from(values) }
}

function shrink(image: Grid, sigma: number, wavelet: Wavelet, levels: number): Grid {
  if (levels === 0) return image
  const bands = analyse(image, wavelet)
  const shrunk = {
    approximation: shrink(bands.approximation, sigma, wavelet, levels - 1),
    vertical: shrinkBand(bands.vertical, sigma),
    horizontal: shrinkBand(bands.horizontal, sigma),
    diagonal: shrinkBand(bands.diagonal, sigma),
  }
  return synthesise(shrunk, wavelet, image.width, image.height)
}

function shrinkBand(band: Grid, sigma: number): Grid {
  const power = band.values.reduce((sum, value) => sum + value * value, 0) / band.values.length
  const signal = Math.sqrt(Math.max(power - sigma * sigma, 0))
  if (signal === 0) return { ...band, values: new Float64Array(band.values.length) }
  const threshold = (sigma * sigma) / signal
  const values = band.values.map((value) => Math.sign(value) * Math.max(Math.abs(value) - threshold, 0))
  return { ...band, values }
}
