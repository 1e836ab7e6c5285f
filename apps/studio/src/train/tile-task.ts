import { batch, type ImageSet, imageAt } from '@noisescope/images'
import { corruption, type TileModelKind, typicalNoise } from '@noisescope/models'
import { adam, constantSchedule, parametersOf } from '@noisescope/nn'
import type { TrainingSettings } from './lessons.ts'
import { type NoisySample, noisySample } from './sample.ts'
import type { TrainingTask } from './task.ts'

/** What a model of small images is trained and measured on. */
export interface TileImages {
  readonly name: string
  readonly train: ImageSet
  readonly test: ImageSet
}

/** The training of a model of small images, the one that `noisescope train --train-images` does. */
export function tileTask(
  kind: TileModelKind,
  { name, train, test }: TileImages,
  settings: TrainingSettings,
): TrainingTask {
  const { count, epochs, batchSize, learningRate, seed } = settings
  const model = kind.build({}, seed)
  const noise = typicalNoise(settings.noise)
  const sample = (index: number): NoisySample =>
    noisySample(`${name} test image ${index}`, imageAt(test, index), noise, seed, index)
  return {
    settings,
    kind,
    model,
    dataset: name,
    run: {
      data: {
        count: Math.min(count, train.count),
        shape: [train.channels, train.height, train.width],
        batch: (indices) => batch(train, indices),
      },
      corrupt: corruption(noise),
      loss: kind.loss({}),
      optimiser: adam(parametersOf(model), { eps: kind.recipe.adamEps }),
      schedule: constantSchedule(learningRate),
      batchSize,
      epochs,
      seed,
    },
    lossName: kind.lossName({}),
    heldOut: Array.from({ length: test.count }, (_, index) => sample(index)),
    watched: { ...sample(0), noise },
  }
}
