import { levelText, modelKind, type TrainedNoise } from '@noisescope/models'

export const lessonNames = ['fashion-mnist', 'mnist', 'leaves', 'photographs'] as const
export type LessonName = (typeof lessonNames)[number]

/** Something that can be trained in the page. */
export interface Lesson {
  readonly title: string
  readonly model: 'autoencoder' | 'dncnn-compact'
  /** What an epoch counts. */
  readonly unit: 'images' | 'patches'
  /** How many of them there are to choose from. */
  readonly counts: readonly number[]
  readonly noise: TrainedNoise
}

/** What is asked of a training; all of it decides the losses. */
export interface TrainingSettings {
  readonly lesson: LessonName
  readonly noise: TrainedNoise
  /** Images or patches of an epoch. */
  readonly count: number
  readonly epochs: number
  readonly batchSize: number
  /** At the start. */
  readonly learningRate: number
  readonly seed: number
}

const SALT_AND_PEPPER = { kind: 'salt-and-pepper', amount: 0.1 } as const
/** Levels that the compact network's recipe trains on, on 0..1. */
const ANY_LEVEL = { kind: 'gaussian-range', sigma: { min: 0, max: 55 / 255 } } as const

export const lessons: Readonly<Record<LessonName, Lesson>> = {
  'fashion-mnist': {
    title: 'Autoencoder on garments (Fashion-MNIST)',
    model: 'autoencoder',
    unit: 'images',
    counts: [480, 960],
    noise: SALT_AND_PEPPER,
  },
  mnist: {
    title: 'Autoencoder on digits (MNIST)',
    model: 'autoencoder',
    unit: 'images',
    counts: [480, 960],
    noise: SALT_AND_PEPPER,
  },
  leaves: {
    title: 'Compact DnCNN on synthetic leaves',
    model: 'dncnn-compact',
    unit: 'patches',
    counts: [320, 3200],
    noise: ANY_LEVEL,
  },
  photographs: {
    title: 'Compact DnCNN on photographs and leaves',
    model: 'dncnn-compact',
    unit: 'patches',
    counts: [320, 3200],
    noise: ANY_LEVEL,
  },
}

/** How a lesson is trained when nothing else is asked for. */
export function usualSettings(lesson: LessonName): TrainingSettings {
  const { model, noise, counts } = lessons[lesson]
  const kind = modelKind(model)
  const common = { lesson, noise, count: counts[0] ?? 0, seed: 1 }
  if (kind.takes === 'tiles') {
    const { batchSize, learningRate } = kind.recipe
    return { ...common, epochs: 10, batchSize, learningRate }
  }
  const { batchSize, schedule } = kind.recipe({})
  return { ...common, epochs: 10, batchSize, learningRate: 'from' in schedule ? schedule.from : schedule.rate }
}

/** Steps of a training in all. */
export const stepsOf = ({ count, epochs, batchSize }: TrainingSettings): number =>
  Math.floor(count / batchSize) * epochs

/** The command that does the same, where there is one. */
export function commandOf({
  lesson,
  noise,
  count,
  epochs,
  batchSize,
  learningRate,
  seed,
}: TrainingSettings): string | undefined {
  const { model } = lessons[lesson]
  const common = `--epochs ${epochs} --batch-size ${batchSize} --learning-rate ${learningRate} --seed ${seed}`
  const flags = noiseFlags(noise)
  switch (lesson) {
    case 'leaves':
      return undefined
    case 'photographs':
      return `noisescope train --model ${model} --patches ${count} ${flags} ${common}`
    default:
      return `noisescope train --model ${model} --dataset ${lesson} --train-images ${count} ${flags} ${common}`
  }
}

function noiseFlags(noise: TrainedNoise): string {
  if (noise.kind === 'gaussian-range') {
    return `--sigma-range ${levelText(noise.sigma.min)}-${levelText(noise.sigma.max)}`
  }
  const { kind, ...parameters } = noise
  return [`--noise ${kind}`, ...Object.entries(parameters).map(([name, value]) => `--${name} ${value}`)].join(' ')
}
