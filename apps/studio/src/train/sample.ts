import { createImage, type Image } from '@noisescope/images'
import { sigmaRange } from '@noisescope/models'
import { applyNoise, imageKey, type Noise } from '@noisescope/noise'

/** An image with and without noise. */
export interface NoisySample {
  readonly name: string
  readonly clean: Image
  /** Not clipped. */
  readonly noisy: Image
  /** Standard deviation of its noise on 0..1, where that is Gaussian's. */
  readonly sigma: number | undefined
}

/** An image with noise: what the command line makes of the image of this index with the same seed. */
export function noisySample(name: string, clean: Image, noise: Noise, seed: number, index = 0): NoisySample {
  const { noisy } = applyNoise(clean.data, noise, imageKey(seed, index))
  const { width, height, channels } = clean
  return { name, clean, noisy: createImage(width, height, channels, noisy), sigma: sigmaRange(noise)?.min }
}
