import { imageKey, type Noise } from '@noisescope/noise'
import type { PreparedImage } from './live-image.ts'
import { checkLevel } from './noise-level.ts'

/** Desired state of a live source: image, noise, seed and level. */
export interface DesiredState {
  readonly prepared: PreparedImage
  /** Added to the image; undefined where it comes with its own. */
  readonly noise: Noise | undefined
  readonly seed: number
  /** The level that the model is told, on 0..1, where it is not the image's own. */
  readonly sigma: number | undefined
}

/** Validates a desired state and returns it. @throws InputError when the seed, the image's index or the level is not usable. */
export function checkDesiredState(wanted: DesiredState): DesiredState {
  const { prepared, seed, sigma } = wanted
  imageKey(seed, prepared.index)
  checkLevel(sigma)
  return wanted
}
