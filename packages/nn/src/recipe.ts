import { meanSquaredErrorLoss, sumSquaresLoss, type Tensor, type Variable } from '@noisescope/core'
import { adam, type Optimiser, sgd } from './optimisers.ts'
import { constantSchedule, cosineSchedule, exponentialSchedule, type Schedule, stepSchedule } from './schedules.ts'

/** Where patches are cut: on a grid with a stride, or so many at random places for each epoch. */
export type PatchPlacement =
  | { readonly kind: 'grid'; readonly stride: number }
  | { readonly kind: 'random'; readonly count: number }

/** An optimiser by name, with what a recipe states of it. */
export type OptimiserRecipe =
  | { readonly kind: 'adam'; readonly eps: number }
  | { readonly kind: 'sgd'; readonly momentum: number; readonly weightDecay: number }

/** The learning rate over the epochs. */
export type ScheduleRecipe =
  | { readonly kind: 'constant'; readonly rate: number }
  | { readonly kind: 'step'; readonly rate: number; readonly milestones: readonly number[]; readonly factor: number }
  | { readonly kind: 'exponential'; readonly from: number; readonly to: number }
  | { readonly kind: 'cosine'; readonly from: number; readonly to: number }

/** How a denoiser of photographs is trained, as plain data. */
export interface Recipe {
  /** Where it was published. */
  readonly source: string
  /** Side of the square training patches in pixels. */
  readonly patch: number
  readonly placement: PatchPlacement
  /** How patches are flipped and turned: not at all, each by a symmetry of the square drawn at random, or all eight. */
  readonly augmentation: 'none' | 'random' | 'all'
  readonly batchSize: number
  readonly epochs: number
  readonly optimiser: OptimiserRecipe
  readonly schedule: ScheduleRecipe
  /** 'sum-over-2n': sum of the squared errors over twice the batch size; 'mean': over the number of values. */
  readonly loss: 'sum-over-2n' | 'mean'
  /** Range of the noise's standard deviation, on the 0..1 scale; one value for networks of a single level. */
  readonly sigma: { readonly min: number; readonly max: number }
}

/** The optimiser that a recipe asks for. */
export function recipeOptimiser({ optimiser }: Pick<Recipe, 'optimiser'>, parameters: readonly Variable[]): Optimiser {
  return optimiser.kind === 'adam' ? adam(parameters, optimiser) : sgd(parameters, optimiser)
}

/** The learning rate that a recipe asks for, by epoch. */
export function recipeSchedule({ schedule, epochs }: Pick<Recipe, 'schedule' | 'epochs'>): Schedule {
  switch (schedule.kind) {
    case 'constant':
      return constantSchedule(schedule.rate)
    case 'step':
      return stepSchedule(schedule.rate, schedule.milestones, schedule.factor)
    case 'exponential':
      return exponentialSchedule(schedule.from, schedule.to, epochs)
    case 'cosine':
      return cosineSchedule(schedule.from, schedule.to, epochs)
  }
}

/** The loss that a recipe asks for: against the noise for a model that puts out the residual, else the clean image. */
export function recipeLoss(
  { loss }: Pick<Recipe, 'loss'>,
  target: 'clean' | 'residual',
): (output: Tensor, truth: { readonly clean: Tensor; readonly noise: Tensor }) => Tensor {
  const distance = loss === 'sum-over-2n' ? sumSquaresLoss : meanSquaredErrorLoss
  return (output, { clean, noise }) => distance(output, target === 'residual' ? noise : clean)
}
