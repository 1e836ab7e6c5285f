import { createImage, type Image, middleCrop } from '@noisescope/images'
import { corruption, type PhotographModelKind, sigmaRange, type TrainedNoise, typicalNoise } from '@noisescope/models'
import { parametersOf, type Recipe, recipeLoss, recipeOptimiser, recipeSchedule } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import type { TrainingSettings } from './lessons.ts'
import { randomPatches } from './patches.ts'
import { type NoisySample, noisySample } from './sample.ts'
import type { TrainingTask } from './task.ts'

/** What a model of photographs is trained and measured on. */
export interface PatchImages {
  readonly name: string
  /** What patches are cut from. */
  readonly cut: readonly Image[]
  readonly heldOut: { readonly name: string; readonly image: Image }
}

/** Patches of the held-out photograph whose loss is looked at after each epoch. */
const HELD_OUT_PATCHES = 48
/** Levels that they take in turn where any is trained on, on 0..1. */
const LEVELS = [15, 25, 50].map((level) => level / 255)
/** Side of the part on which the network is watched: every layer's activations of it are kept, many times over. */
const WATCHED_SIDE = 48

/** The training of a model of photographs by its recipe, the one that `noisescope train --patches` does. */
export function photographTask(
  kind: PhotographModelKind,
  { name, cut, heldOut }: PatchImages,
  settings: TrainingSettings,
): TrainingTask {
  const { noise, seed } = settings
  const model = kind.build({}, seed)
  const recipe = adjusted(kind.recipe({}, sigmaRange(noise)), settings)
  const { patch: side, batchSize, epochs } = recipe
  const watched = middleCrop(heldOut.image, WATCHED_SIDE)
  const typical = typicalNoise(noise)
  return {
    settings,
    kind,
    model,
    dataset: name,
    run: {
      data: randomPatches(cut, { side, count: settings.count, seed, augment: recipe.augmentation !== 'none' }),
      corrupt: corruption(noise),
      loss: recipeLoss(recipe, model.output),
      optimiser: recipeOptimiser(recipe, parametersOf(model)),
      schedule: recipeSchedule(recipe),
      batchSize,
      epochs,
      seed,
    },
    lossName: recipe.loss === 'mean' ? 'mean squared error' : 'sum of squares / 2N',
    heldOut: heldOutPatches(heldOut.image, side, noise, seed),
    watched: { ...noisySample(`middle of ${heldOut.name}`, watched, typical, seed), noise: typical },
  }
}

/** The recipe with what is asked for, its learning rate falling over the asked epochs. */
function adjusted(recipe: Recipe, { epochs, batchSize, learningRate }: TrainingSettings): Recipe {
  const { schedule } = recipe
  const from = 'from' in schedule ? { ...schedule, from: learningRate } : { ...schedule, rate: learningRate }
  return { ...recipe, epochs, batchSize, schedule: from }
}

function heldOutPatches(image: Image, side: number, noise: TrainedNoise, seed: number): NoisySample[] {
  const count = HELD_OUT_PATCHES
  const values = randomPatches([image], { side, count, seed, augment: false }).batch(Array.from({ length: count }), 0)
  const size = side * side
  const levels = levelsOf(noise)
  return Array.from({ length: count }, (_, i) => {
    const clean = createImage(side, side, 1, values.slice(i * size, (i + 1) * size))
    return noisySample(`patch ${i}`, clean, levels[i % levels.length] ?? levels[0], seed, i)
  })
}

function levelsOf(noise: TrainedNoise): [Noise, ...Noise[]] {
  if (noise.kind !== 'gaussian-range') return [noise]
  const { min, max } = noise.sigma
  const [first, ...others] = LEVELS.filter((sd) => sd >= min && sd <= max).map(
    (sd): Noise => ({ kind: 'gaussian', sd }),
  )
  return [first ?? { kind: 'gaussian', sd: max }, ...others]
}
