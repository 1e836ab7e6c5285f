import { InputError } from '@noisescope/core'
import { modelKind } from '@noisescope/models'
import { defaultNoise, type Noise } from '@noisescope/noise'

/** Flags of `study` that say what is studied. */
export interface StudyFlags {
  readonly seed: number
  readonly quick?: boolean
  readonly datasets?: readonly string[]
  readonly noises?: readonly Noise['kind'][]
  readonly models?: readonly string[]
  readonly images?: number
  readonly explained?: number
  readonly resamples?: number
  readonly judged?: number
  readonly full?: boolean
  readonly data?: string
}

/** One model on one data set with one noise. */
export interface PlannedCell {
  /** For files: 'mnist-laplace-autoencoder'. */
  readonly name: string
  readonly dataset: string
  readonly noise: Noise
  readonly model: string
}

/** How much of everything a study takes. */
export interface StudySize {
  /** Test images that are measured. */
  readonly images: number
  /** Of those, how many are explained. */
  readonly explained: number
  /** Of the bootstrap. */
  readonly resamples: number
  /** Of the explained images, how many explanations are judged of, and draws of max-sensitivity. */
  readonly judged: { readonly images: number; readonly draws: number }
  /** How a model without shipped weights is trained. */
  readonly training: { readonly trainImages: number | undefined; readonly epochs: number; readonly maxMinutes: number }
}

/** What a study consists of. */
export interface StudyPlan {
  readonly cells: readonly PlannedCell[]
  readonly size: StudySize
}

/** The report's: two data sets, four noises. */
const REPORT = {
  datasets: ['mnist', 'fashion-mnist'],
  noises: ['gaussian', 'salt-and-pepper', 'laplace', 'poisson'],
  models: ['autoencoder'],
} as const satisfies { datasets: string[]; noises: Noise['kind'][]; models: string[] }

const FULL: StudySize = {
  images: 2000,
  explained: 20,
  resamples: 1000,
  judged: { images: 5, draws: 10 },
  training: { trainImages: undefined, epochs: 2, maxMinutes: 60 },
}

/** Minutes in all on a software adapter. */
const QUICK: StudySize = {
  images: 200,
  explained: 3,
  resamples: 300,
  judged: { images: 1, draws: 2 },
  training: { trainImages: 4800, epochs: 1, maxMinutes: 0.7 },
}

/** The study that flags describe. @throws InputError when a model does not take small grey images. */
export function studyPlan(flags: StudyFlags): StudyPlan {
  const usual = flags.quick ? QUICK : FULL
  const { images = usual.images, explained = usual.explained, resamples = usual.resamples } = flags
  if (explained > images) {
    throw new InputError(`${explained} images cannot be explained of ${images}; give fewer with --explained`)
  }
  const { judged = Math.min(usual.judged.images, explained) } = flags
  if (judged > explained) {
    throw new InputError(`explanations of ${judged} images cannot be judged of ${explained}; give fewer with --judged`)
  }
  const { datasets = REPORT.datasets, noises = REPORT.noises, models = REPORT.models } = flags
  for (const model of models) {
    if (modelKind(model).build({}).takesSigma) {
      throw new InputError(`the study is of models that are told no noise level; the ${model} must be`)
    }
  }
  const cells = datasets.flatMap((dataset) =>
    noises.flatMap((kind) =>
      models.map((model) => ({ name: `${dataset}-${kind}-${model}`, dataset, noise: defaultNoise(kind), model })),
    ),
  )
  return { cells, size: { ...usual, images, explained, resamples, judged: { ...usual.judged, images: judged } } }
}
