import { InputError } from '@noisescope/core'
import { batch, createImage, type Image, type ImageSet, imageAt } from '@noisescope/images'
import type { TileModelKind } from '@noisescope/models'
import type { TrainingData } from '@noisescope/nn'
import { applyNoise, imageKey, type Noise } from '@noisescope/noise'
import type { Sample } from './evaluation.ts'

/** An image with noise on it; seed and index alone decide the draw, whatever is done with other images. */
export function withNoise(clean: Image, noise: Noise, seed: number, index: number): Image {
  const { noisy } = applyNoise(clean.data, noise, imageKey(seed, index))
  return createImage(clean.width, clean.height, clean.channels, noisy)
}

/** The image of this index of a set, with noise. @throws InputError when there is no such image. */
export function sampleAt(set: ImageSet, index: number, noise: Noise, seed: number): Sample {
  const clean = imageAt(set, index)
  return { name: `image ${index}`, clean, noisy: withNoise(clean, noise, seed, index) }
}

/** The first `count` images of a set with noise, all where `count` is not given or larger. */
export const samplesOf = (set: ImageSet, noise: Noise, seed: number, count = set.count): Sample[] =>
  Array.from({ length: Math.min(count, set.count) }, (_, index) => sampleAt(set, index, noise, seed))

/**
 * The first `count` images of a set as training data, all where `count` is not given.
 * @throws InputError when they are too few for one batch or of another size than the model takes.
 */
export function trainingDataOf(set: ImageSet, kind: TileModelKind, batchSize: number, count = set.count): TrainingData {
  const { channels, height, width } = set
  if (channels !== 1 || height !== kind.tile || width !== kind.tile) {
    throw new InputError(
      `the training images are ${width}x${height} with ${channels} channels; the ${kind.name} trains on grey images of ${kind.tile}x${kind.tile}`,
    )
  }
  const used = Math.min(count, set.count)
  if (batchSize > used) {
    throw new InputError(
      `a batch of ${batchSize} is larger than the ${used} training images; use a smaller --batch-size or more --train-images`,
    )
  }
  return { count: used, shape: [channels, height, width], batch: (indices) => batch(set, indices) }
}

/** The first samples that show different things, up to `count` of them, and what became of each. */
export function shownSamples(
  set: ImageSet,
  samples: readonly Sample[],
  denoised: readonly Image[],
  count: number,
): { samples: Sample[]; denoised: Image[] } {
  const shown = variedIndices(set, count)
  return {
    samples: shown.flatMap((index) => samples[index] ?? []),
    denoised: shown.flatMap((index) => denoised[index] ?? []),
  }
}

/** Indices of the first images of each class, up to `count`; without labels the first images. */
function variedIndices({ labels, count: all }: ImageSet, count: number): number[] {
  if (labels === undefined) return Array.from({ length: Math.min(count, all) }, (_, i) => i)
  const seen = new Set<number>()
  return [...labels.keys()].filter((index) => {
    const label = labels[index] as number
    if (seen.size >= count || seen.has(label)) return false
    seen.add(label)
    return true
  })
}
