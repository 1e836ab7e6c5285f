import { keyFrom, randomBits } from '@noisescope/core'
import { type Image, randomCrops } from '@noisescope/images'
import type { TrainingData } from '@noisescope/nn'

/** Stream of the seed that chooses patches: that of `noisescope train`, so that the same seed gives the same patches. */
const PATCH_STREAM = 0x7000_0001

export interface PatchOptions {
  /** Side of the square patches in pixels. */
  readonly side: number
  /** How many make an epoch. */
  readonly count: number
  readonly seed: number
  /** Whether each is flipped and turned at random. */
  readonly augment: boolean
}

/** Patches at random places of grey images, cut when their batch comes. @throws InputError when no image holds a patch. */
export function randomPatches(images: readonly Image[], { side, count, seed, augment }: PatchOptions): TrainingData {
  const crops = (size: number, step: number): Float32Array => {
    const [drawn = 0] = randomBits(keyFrom(seed, PATCH_STREAM, step), 1)
    return randomCrops(images, { size: side, count: size, seed: drawn, augment }).data
  }
  return { count, shape: [1, side, side], batch: (indices, step) => crops(indices.length, step) }
}
