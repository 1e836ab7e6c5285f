import type { ModelKind } from '@noisescope/models'
import type { Model, TrainingRun } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import type { TrainingSettings } from './lessons.ts'
import type { NoisySample } from './sample.ts'

/** A training that is ready to start. */
export interface TrainingTask {
  readonly settings: TrainingSettings
  readonly kind: ModelKind
  readonly model: Model
  /** Name of what is trained on, as weights say it. */
  readonly dataset: string
  readonly run: Pick<
    TrainingRun,
    'data' | 'corrupt' | 'loss' | 'optimiser' | 'schedule' | 'batchSize' | 'epochs' | 'seed'
  >
  readonly lossName: string
  /** Held-out images of the size that is trained on, whose loss is looked at after each epoch. */
  readonly heldOut: readonly NoisySample[]
  /** The held-out image on which the network is watched, and its noise. */
  readonly watched: NoisySample & { readonly noise: Noise }
}
