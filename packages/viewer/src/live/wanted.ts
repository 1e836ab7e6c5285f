import { imageKey, type Noise } from '@noisescope/noise'
import type { PreparedImage } from './live-image.ts'
import { checkLevel } from './noise-level.ts'

/** What a live source is to show. */
export interface Wanted {
  readonly prepared: PreparedImage
  /** Added to the image; undefined where it comes with its own. */
  readonly noise: Noise | undefined
  readonly seed: number
  /** The level that the model is told, on 0..1, where it is not the image's own. */
  readonly sigma: number | undefined
}

/** The same, if it can be shown. @throws InputError when the seed, the image's index or the level is not usable. */
export function checkWanted(wanted: Wanted): Wanted {
  const { prepared, seed, sigma } = wanted
  imageKey(seed, prepared.index)
  checkLevel(sigma)
  return wanted
}
