import { extend, mirrored } from '../border.ts'
import { checkLevel, checkPlane, type Plane } from '../plane.ts'
import { collaborativeFilter, type Shrink } from './collaborative-filter.ts'
import { checkProfile, type Profile, profileFor } from './profile.ts'

/**
 * BM3D: block matching and collaborative filtering in three dimensions, in two steps.
 *
 * 1. basic = groups of the noisy image whose coefficients below lambda sigma are set to zero
 * 2. final = groups of the noisy image, matched in the basic one, each coefficient times B^2 / (B^2 + sigma^2) with the basic
 *    image's coefficient B
 *
 * Source: Dabov, Foi, Katkovnik and Egiazarian 2007, "Image denoising by sparse 3-D transform-domain collaborative filtering".
 * An image smaller than a block is mirrored until it holds one. Other than in the paper, the mean of a group is never shrunk, so
 * that dark images do not get darker; it matters only where the mean is below about a third of sigma.
 * @param sigma standard deviation of the noise on the 0..1 scale; 0 leaves the plane as it is
 * @throws {InputError} when the plane, sigma or the profile cannot be used
 */
export function bm3d(plane: Plane, sigma: number, profile: Profile = profileFor(sigma)): Plane {
  checkPlane(plane)
  checkLevel(sigma, 'sigma')
  checkProfile(profile)
  const variance = sigma * sigma
  if (variance === 0) return { ...plane, data: plane.data.slice() }
  const { width, height } = plane
  const smallest = Math.max(profile.hardThresholding.block, profile.wiener.block)
  const roomy = { left: 0, top: 0, width: Math.max(width, smallest), height: Math.max(height, smallest) }
  const noisy = extend(plane, roomy, mirrored)
  const basic = collaborativeFilter(noisy, noisy, profile.hardThresholding, hardThreshold(profile.threshold * sigma))
  const final = collaborativeFilter(noisy, basic, profile.wiener, empiricalWiener(variance))
  return extend(final, { left: 0, top: 0, width, height }, mirrored)
}

/** Equation 7 and, up to the factor sigma^2, the weight of equation 10: one over the number of coefficients left. */
function hardThreshold(threshold: number): Shrink {
  return (coefficients, _, count) => {
    let left = 1
    for (let i = 1; i < count; i++) {
      if (Math.abs(coefficients[i] as number) > threshold) left++
      else coefficients[i] = 0
    }
    return 1 / left
  }
}

/** Equations 8 and 9 and, up to the factor sigma^2, the weight of equation 11: one over the squared norm of the factors. */
function empiricalWiener(variance: number): Shrink {
  return (coefficients, guide, count) => {
    let norm = 1
    for (let i = 1; i < count; i++) {
      const power = (guide[i] as number) ** 2
      const factor = power / (power + variance)
      norm += factor * factor
      coefficients[i] = (coefficients[i] as number) * factor
    }
    return 1 / norm
  }
}
