import type { Recipe } from '@noisescope/nn'

/** What the command line's noise levels are divided by: sigma is on the 0..1 scale here. */
const WHITE = 255

/** The range of noise levels of the blind ADNet-B. */
export const adnetBlindSigma: Recipe['sigma'] = { min: 0, max: 55 / WHITE }

/** How ADNet is trained for a range of noise levels on 0..1; for one level (25 of 255 if not given) both ends are it. */
export const adnetRecipe = (sigma: Recipe['sigma'] = { min: 25 / WHITE, max: 25 / WHITE }): Recipe => ({
  source:
    'Tian et al. 2020 (doi 10.1016/j.neunet.2019.12.024), section 4; strides and steps of the rate as in github.com/hellloxiaotian/ADNet',
  patch: 50,
  placement: { kind: 'grid', stride: sigma.min === sigma.max ? 40 : 10 },
  augmentation: 'random',
  batchSize: 128,
  epochs: 70,
  optimiser: { kind: 'adam', eps: 1e-8 },
  schedule: { kind: 'step', rate: 1e-3, milestones: [30, 60], factor: 0.1 },
  loss: 'sum-over-2n',
  sigma,
})
