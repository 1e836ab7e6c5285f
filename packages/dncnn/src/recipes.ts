import type { Recipe } from '@noisescope/nn'
import type { DncnnOptions } from './dncnn.ts'

/** A network of the paper: how it is built, and how it is trained. */
export interface DncnnVariant {
  readonly name: 'dncnn-s' | 'dncnn-b' | 'dncnn-compact'
  readonly options: DncnnOptions
  readonly recipe: Recipe
}

/** What the command line's noise levels are divided by: sigma is on the 0..1 scale here. */
const WHITE = 255

const common = {
  source: 'Zhang et al. 2017 (doi 10.1109/TIP.2017.2662206), section IV; Adam as in github.com/SaoYan/DnCNN-PyTorch',
  augmentation: 'random',
  batchSize: 128,
  epochs: 50,
  optimiser: { kind: 'adam', eps: 1e-8 },
  schedule: { kind: 'step', rate: 1e-3, milestones: [30], factor: 0.1 },
  loss: 'sum-over-2n',
} as const

/**
 * The paper's own optimisation, to be spread over a recipe: stochastic gradient descent from 1e-1 to 1e-4. With the loss as a
 * sum over pixels it needs the gradient clipping of its MATLAB code, so Adam is what the recipes ask for.
 */
export const dncnnPaperOptimisation = {
  optimiser: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 },
  schedule: { kind: 'exponential', from: 1e-1, to: 1e-4 },
} as const satisfies Partial<Recipe>

/** DnCNN-S: 17 layers for one noise level on 0..1 (the paper's are 15, 25 and 50 of 255). */
export const dncnnS = (sigma: number = 25 / WHITE): DncnnVariant => ({
  name: 'dncnn-s',
  options: { depth: 17 },
  recipe: { ...common, patch: 40, placement: { kind: 'random', count: 128 * 1600 }, sigma: { min: sigma, max: sigma } },
})

/** DnCNN-B: 20 layers, blind: one network for every noise level from 0 to 55 of 255. */
export const dncnnB: DncnnVariant = {
  name: 'dncnn-b',
  options: { depth: 20 },
  recipe: {
    ...common,
    patch: 50,
    placement: { kind: 'random', count: 128 * 3000 },
    sigma: { min: 0, max: 55 / WHITE },
  },
}

/**
 * A DnCNN that two processor cores train in less than two hours and run in seconds: 8 layers of 32 channels, 56,256
 * parameters, blind from 0 to 55 of 255. Not a network of the paper.
 */
export const dncnnCompact: DncnnVariant = {
  name: 'dncnn-compact',
  options: { depth: 8, width: 32 },
  recipe: {
    ...common,
    source: 'this project; loss, patches and noise as in Zhang et al. 2017 (doi 10.1109/TIP.2017.2662206), section IV',
    patch: 40,
    placement: { kind: 'random', count: 32 * 100 },
    batchSize: 32,
    epochs: 150,
    schedule: { kind: 'cosine', from: 1e-3, to: 1e-5 },
    sigma: { min: 0, max: 55 / WHITE },
  },
}
