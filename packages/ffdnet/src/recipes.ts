import type { Recipe } from '@noisescope/nn'

const common = {
  source:
    'Zhang et al. 2018 (doi 10.1109/TIP.2018.2839891), section IV; epochs and milestone of Tassano et al. 2019 ' +
    '(doi 10.5201/ipol.2019.231), as the paper lowers the rate when the error no longer falls',
  placement: { kind: 'random', count: 128 * 8000 },
  augmentation: 'random',
  batchSize: 128,
  epochs: 80,
  optimiser: { kind: 'adam', eps: 1e-8 },
  schedule: { kind: 'step', rate: 1e-3, milestones: [50], factor: 0.1 },
  loss: 'sum-over-2n',
  sigma: { min: 0, max: 75 / 255 },
} as const

/** How FFDNet is trained, by image channels: every patch with a noise level of its own from 0 to 75 of 255, which the network is told. */
export const ffdnetRecipe = (channels: 1 | 3 = 1): Recipe => ({ ...common, patch: channels === 1 ? 70 : 50 })
