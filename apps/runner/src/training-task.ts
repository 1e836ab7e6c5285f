import type { Device } from '@noisescope/core'
import type { Model, TrainingRun } from '@noisescope/nn'
import type { ModelKind, ModelOptions } from './models.ts'
import type { LayerNote } from './run-figures.ts'
import type { TrainedNoise } from './trained-noise.ts'

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
  readonly lossName: string
  /** What must stay the same for a resumed run to reach the same numbers, besides what every run compares. */
  readonly settings: Readonly<Record<string, string>>
  /** Ends the run after this many minutes, where a limit is usual. */
  readonly maxMinutes: number | undefined
  /** What every weights file of the run notes for people. */
  readonly notes: Readonly<Record<string, string | number>>
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
