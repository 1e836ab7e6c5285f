import { type Device, InputError, type Shape, type Tensor } from '@noisescope/core'
import type { Checkpoint } from './checkpoint.ts'
import type { Taps } from './layers.ts'
import type { Model } from './model.ts'
import type { Optimiser } from './optimisers.ts'
import type { Schedule } from './schedules.ts'

/** Clean images to train on. */
export interface TrainingData {
  readonly count: number
  /** [c, h, w] of every image. */
  readonly shape: Shape
  /** The images of these indices, [n, c, h, w] on 0..1. `step` seeds augmentation, so that a resumed run repeats it. */
  batch(indices: ArrayLike<number>, step: number): Float32Array
}

/** What `train` is given. */
export interface TrainingRun {
  readonly device: Device
  readonly model: Model
  readonly optimiser: Optimiser
  readonly data: TrainingData
  /**
   * Adds fresh noise to clean images; `key` [4] is new for each step. `sigma` is what a model is told that takes the noise
   * level, as `ForwardOptions` has it.
   */
  corrupt(clean: Tensor, key: Tensor): { readonly noisy: Tensor; readonly noise: Tensor; readonly sigma?: Tensor }
  /** Scalar loss of the model's output. */
  loss(output: Tensor, truth: { readonly clean: Tensor; readonly noise: Tensor }): Tensor
  /** A scalar that is added to the loss, made from what the layers put out; the losses that are told include it. */
  readonly penalty?: {
    /** Says all that it depends on: a checkpoint made with another name is refused. */
    readonly name: string
    of(taps: Readonly<Taps>): Tensor
  }
  readonly batchSize: number
  readonly epochs: number
  readonly schedule: Schedule
  readonly seed: number
  /** Ends the run after the step in which this many seconds have passed. */
  readonly maxSeconds?: number
  /** Ends the run after the steps in flight. */
  readonly signal?: AbortSignal
  /** Takes a checkpoint every so many steps; one at the end is always taken. */
  readonly checkpointEvery?: number
  /**
   * Seconds for timing algorithms that this adapter's table does not know yet; the winners are remembered. Default 0. A run
   * that goes on keeps the algorithms that it had.
   */
  readonly tuneSeconds?: number
  /**
   * Tells of the run's state, by `held` events, about every second and before each validation: a caller who cannot
   * wait for what is in flight goes on from there later. Default false.
   */
  readonly holdState?: boolean
  /**
   * Estimates how long the steps will take, by an `estimate` event before the first of them, unless any adapter is done within this
   * many seconds. Default: no estimate.
   */
  readonly estimateBeyond?: number
  readonly resume?: Checkpoint
  /**
   * What else must stay the same for the same numbers, such as the noise: a checkpoint made with other values is refused.
   * Model, optimiser, penalty, batch size, seed and number of images are always compared.
   */
  readonly settings?: Readonly<Record<string, string>>
  /** Runs after each epoch; with `patience`, training ends when the result has not fallen for so many epochs. */
  readonly validate?: () => Promise<number>
  readonly patience?: number
}

/** Why a run ended. */
export type EndReason = 'epochs' | 'time' | 'stopped' | 'patience'

/** What `train` tells while it works. */
export type TrainingEvent =
  | {
      /** Before anything else when a run goes on: its values are on the device. */
      readonly kind: 'resume'
      readonly checkpoint: Checkpoint
      /** Else what is computed from here on differs in its last digits from the run without interruption. */
      readonly sameAdapter: boolean
    }
  | { readonly kind: 'tune'; readonly done: number; readonly total: number }
  | { readonly kind: 'compile'; readonly done: number; readonly total: number }
  /** Seconds that all steps still to be done will take, validation and checkpoints not counted. */
  | { readonly kind: 'estimate'; readonly seconds: number; readonly steps: number }
  | {
      readonly kind: 'step'
      /** Steps done. */
      readonly step: number
      readonly steps: number
      /** From 1. */
      readonly epoch: number
      /** From 1, within the epoch. */
      readonly batch: number
      readonly batches: number
      readonly loss: number
      readonly imagesPerSecond: number
      /** Until the epochs are done or `maxSeconds` are over, whichever is first; never negative. */
      readonly secondsLeft: number
    }
  | {
      readonly kind: 'epoch'
      readonly epoch: number
      readonly step: number
      readonly meanLoss: number
      readonly validation: number | undefined
    }
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  /** The state of now, which is not worth being kept unless the run ends here. */
  | { readonly kind: 'held'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'end'; readonly reason: EndReason; readonly step: number; readonly imagesPerSecond: number }

/** What a checkpoint of the run remembers, and what a resumed run must share with it. */
export const settingsOf = ({
  model,
  optimiser,
  batchSize,
  seed,
  data,
  penalty,
  settings,
}: TrainingRun): Record<string, string> => ({
  model: model.name,
  optimiser: optimiser.name,
  'batch size': String(batchSize),
  seed: String(seed),
  images: String(data.count),
  ...(penalty === undefined ? {} : { penalty: penalty.name }),
  ...settings,
})

/** @throws InputError when a run cannot do a single step. */
export function checkRun({ data, batchSize, epochs, checkpointEvery, patience, validate }: TrainingRun): void {
  for (const [name, value] of Object.entries({ batchSize, epochs, checkpointEvery, patience })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new InputError(`${name} is ${value}: expected a whole number of at least 1`)
    }
  }
  if (data.count < batchSize) {
    throw new InputError(`${data.count} images do not fill a batch of ${batchSize}: use a smaller batch or more images`)
  }
  if (patience !== undefined && validate === undefined) {
    throw new InputError('patience counts epochs without a better validation result: give validate as well')
  }
}
