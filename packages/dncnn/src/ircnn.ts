import type { Model, Recipe } from '@noisescope/nn'
import { type DncnnOptions, dncnn } from './dncnn.ts'

/** Distances of the taps of IRCNN's seven convolutions (Zhang et al. 2017, Fig. 2). */
export const IRCNN_DILATIONS: readonly number[] = [1, 2, 3, 4, 3, 2, 1]

const IRCNN_OPTIONS = {
  depth: IRCNN_DILATIONS.length,
  width: 64,
  bias: 'all',
  batchNorm: false,
  dilations: IRCNN_DILATIONS,
} as const satisfies DncnnOptions

/**
 * IRCNN's denoiser (Zhang et al. 2017, "Learning deep CNN denoiser prior for image restoration", Fig. 2): seven convolutions of
 * 64 channels, dilated 1, 2, 3, 4, 3, 2, 1, one network for each level of noise; batch norm is merged, as in the published
 * weights. Its output is the noise.
 * @throws InputError as `dncnn` does.
 */
export const ircnn = (options: DncnnOptions = {}): Model => ({
  ...dncnn({ ...IRCNN_OPTIONS, ...options }),
  name: 'ircnn',
})

/** What the command line's noise levels are divided by: sigma is on the 0..1 scale here. */
const WHITE = 255

/** How IRCNN is trained, for one level of noise on 0..1 (the paper's are 2 to 50 of 255). */
export const ircnnRecipe = (sigma: number = 25 / WHITE): Recipe => ({
  source: 'Zhang et al. 2017 (doi 10.1109/CVPR.2017.300), section 4.1',
  patch: 35,
  placement: { kind: 'random', count: 256 * 4000 },
  augmentation: 'random',
  batchSize: 256,
  epochs: 50,
  optimiser: { kind: 'adam', eps: 1e-8 },
  schedule: { kind: 'step', rate: 1e-3, milestones: [30], factor: 0.1 },
  loss: 'sum-over-2n',
  sigma: { min: sigma, max: sigma },
})
