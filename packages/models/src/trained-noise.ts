import { add, fill, mul, randomTensor, type Tensor } from '@noisescope/core'
import type { TrainingRun } from '@noisescope/nn'
import { addNoise, type Noise } from '@noisescope/noise'
import type { SigmaRange } from './models.ts'
import { BYTE, levelText, noiseText } from './noise-text.ts'

/** The noise that a network is trained on: one, or Gaussian noise of any level in a range (standard deviations on 0..1). */
export type TrainedNoise = Noise | { readonly kind: 'gaussian-range'; readonly sigma: SigmaRange }

/** Draw of the noise levels among a step's random numbers, apart from those of the noise. */
const LEVEL_DRAW = 7
/** The level at which networks are compared most often, on 0..1. */
const USUAL_SIGMA = 25 / BYTE

/** Noise of a range, or where both ends are one, of that level. */
export const gaussianOf = (sigma: SigmaRange): TrainedNoise =>
  sigma.min === sigma.max ? { kind: 'gaussian', sd: sigma.min } : { kind: 'gaussian-range', sigma }

/** One noise to measure and show a network on: its own, or of a range sigma 25, or the nearest to it. */
export function typicalNoise(noise: TrainedNoise): Noise {
  if (noise.kind !== 'gaussian-range') return noise
  return { kind: 'gaussian', sd: Math.min(Math.max(USUAL_SIGMA, noise.sigma.min), noise.sigma.max) }
}

/** The range of levels of Gaussian noise; undefined for other noise. */
export function sigmaRange(noise: TrainedNoise | undefined): SigmaRange | undefined {
  if (noise?.kind === 'gaussian') return { min: noise.sd, max: noise.sd }
  return noise?.kind === 'gaussian-range' ? noise.sigma : undefined
}

/** The noise in words. */
export const trainedNoiseText = (noise: TrainedNoise): string =>
  noise.kind === 'gaussian-range'
    ? `Gaussian, sigma from ${levelText(noise.sigma.min)} to ${levelText(noise.sigma.max)} of ${BYTE}`
    : noiseText(noise)

/** How each step of a training adds noise, and tells the level where it is Gaussian's. */
export function corruption(noise: TrainedNoise): TrainingRun['corrupt'] {
  if (noise.kind === 'gaussian-range') return (clean, key) => withRandomLevels(clean, key, noise.sigma)
  const sigma = noise.kind === 'gaussian' ? { sigma: fill(noise.sd) } : {}
  return (clean, key) => ({ ...addNoise(clean, noise, key), ...sigma })
}

/** Every image [n, c, h, w] with a level of its own, evenly drawn from the range. */
function withRandomLevels(clean: Tensor, key: Tensor, { min, max }: SigmaRange) {
  const [count = 1] = clean.shape
  const share = randomTensor('uniform', key, [count, 1, 1, 1], { draw: LEVEL_DRAW })
  const sigma = add(mul(share, max - min), min)
  const noise = mul(randomTensor('normal', key, clean.shape), sigma)
  return { noisy: add(clean, noise), noise, sigma }
}
