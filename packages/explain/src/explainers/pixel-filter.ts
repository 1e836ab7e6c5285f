import { sum } from '@noisescope/core'
import { completenessOf, type Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { filterWidth } from './filter-width.ts'
import { fullGradient } from './full-gradient.ts'
import { prefixed } from './prefixed.ts'

/**
 * The pixel filter: the row of the denoiser's Jacobian for one output pixel, A_i = df_i / dy, which for a piecewise-linear
 * network is the filter that made it: f_i = A_i y + b_i with b_i the sum of FullGrad's biases. For any other target it is the
 * row of that target.
 *
 * Values: `rowSum` (1: the pixel's brightness is kept), `effectivePixels` = 1 / sum of A_ij^2 (over how many pixels it averages;
 * reads directly when the row sum is near 1; 0 where the filter hardly answers, see `filterWidth`), `bias` b_i.
 *
 * Source: Mohan et al. 2020, "Robust and interpretable blind image denoising via bias-free convolutional neural networks".
 */
export const pixelFilter = (): Explainer => ({
  name: 'pixel-filter',
  title: 'Pixel filter',
  options: {},
  trace: (graph) => {
    const [image, ...others] = fullGradient(graph)
    return image === undefined
      ? {}
      : {
          row: image.gradient,
          product: sum(image.contribution),
          ...prefixed('bias', others, ({ contribution }) => sum(contribution)),
        }
  },
  explain: ({ channels, width, height, value, saturated }, { row = new Float32Array(), product, ...biases }) => {
    const bias = Object.values(biases).reduce((total, [term = 0]) => total + term, 0)
    const shape = channels === 1 ? [height, width] : [channels, height, width]
    return {
      maps: [explanationMap({ name: 'input', shape, data: row, signed: true, units: '1' }, { saturated })],
      completeness: completenessOf(value, (product?.[0] ?? Number.NaN) + bias),
      values: { ...filterWidth(row), bias },
    }
  },
})
