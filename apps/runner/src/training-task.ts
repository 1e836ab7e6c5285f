import { type Device, InputError, type Shape } from '@noisescope/core'
import { partTemplatePenalty } from '@noisescope/explain'
import type { ModelKind, ModelOptions, TrainedNoise } from '@noisescope/models'
import type { Model, TrainingRun } from '@noisescope/nn'
import type { ExplainedImage } from './explained-image.ts'
import type { LayerNote } from './run-figures.ts'

/** A training that is ready to start: what it trains, on what, how, and how its result is measured. */
export interface TrainingTask {
  readonly kind: ModelKind
  readonly model: Model
  readonly options: ModelOptions
  readonly noise: TrainedNoise
  /** The images: a short name for files, a sentence for people, and a checksum of their content. */
  readonly dataset: { readonly name: string; readonly source: string; readonly checksum: string }
  /** What is trained on, for people. */
  readonly images: string
  readonly run: Omit<
    TrainingRun,
    'device' | 'model' | 'seed' | 'checkpointEvery' | 'tuneSeconds' | 'validate' | 'maxSeconds' | 'settings'
  >
  /** Name of the loss without the run's penalty, which is what validation measures. */
  readonly lossName: string
  /** What must stay the same for a resumed run to reach the same numbers, besides what every run compares. */
  readonly settings: Readonly<Record<string, string>>
  /** Ends the run after this many minutes, where a limit is usual. */
  readonly maxMinutes: number | undefined
  /** What every weights file of the run notes for people. */
  readonly notes: Readonly<Record<string, string | number>>
  /** The held-out image that the run's trace shows, of the size that the model is explained at. */
  readonly shown: ExplainedImage
  /** Mean loss on held-out images with the weights of the moment. */
  validate(): Promise<number>
  /** Measures the trained model on held-out images and draws its figures into `folder`. */
  measure(device: Device, folder: string): Promise<MeasuredTraining>
}

/** What held-out images say of a trained model. */
export interface MeasuredTraining {
  /** For people. */
  readonly lines: readonly string[]
  /** For programs. */
  readonly metrics: object
  /** Numbers that the weights' file repeats. */
  readonly notes: Readonly<Record<string, string | number>>
  readonly layers: readonly LayerNote[]
  /** What was drawn, in few words. */
  readonly figures: readonly string[]
}

/** Flags of trainings whose filters are to be interpretable. */
export interface InterpretableFlags {
  readonly interpretable?: readonly string[]
  readonly interpretableWeight?: number
}

/** A compromise for the autoencoder: docs/explanation.md has what less and more of it cost and bring. */
export const INTERPRETABLE_WEIGHT = 0.01

/** What a training has more with the flags: a penalty, if it counts at all, and what weights note of it. */
export interface InterpretableTraining {
  /** Layers whose location stability is to be measured; none without the flags. */
  readonly layers: readonly string[]
  readonly run: Pick<TrainingRun, 'penalty'>
  readonly notes: TrainingTask['notes']
}

/**
 * Reads the flags for a model and a batch of its training, [n, c, h, w]. With a weight of 0 the layers are only measured.
 * @throws InputError when a layer does not exist, stands twice or has no fitting maps, or a weight is given without layers.
 */
export function interpretableTraining(
  model: Model,
  input: Shape,
  { interpretable, interpretableWeight }: InterpretableFlags,
): InterpretableTraining {
  if (interpretable === undefined) {
    if (interpretableWeight === undefined) return { layers: [], run: {}, notes: {} }
    throw new InputError('--interpretable-weight has no use without --interpretable LAYER...')
  }
  const weight = interpretableWeight ?? INTERPRETABLE_WEIGHT
  const penalty = partTemplatePenalty(model, input, { layers: interpretable, weight })
  return {
    layers: interpretable,
    run: weight === 0 ? {} : { penalty },
    notes: { interpretable: interpretable.join(', '), interpretableWeight: weight },
  }
}
