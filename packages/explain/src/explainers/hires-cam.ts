import { mul, sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { layerMaps } from './layer-maps.ts'

/**
 * HiResCAM: gradient times activation, place by place, signed.
 *
 * map = sum over c of g_c A_c
 *
 * At a layer behind which the network is linear it sums to the target less the biases behind it.
 *
 * Source: Draelos and Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks".
 */
export const hiResCam = (): Explainer =>
  layerMaps('hirescam', 'HiResCAM', { units: 'target', signed: true }, ({ activation, gradient }) =>
    sum(mul(gradient, activation), [1]),
  )
