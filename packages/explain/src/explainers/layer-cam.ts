import { mul, relu, sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { layerMaps } from './layer-maps.ts'

/**
 * LayerCAM: every place of a channel weighed by its own gradient.
 *
 * map = ReLU(sum over c of ReLU(g_c) A_c)
 *
 * Source: Jiang et al. 2021, "LayerCAM: exploring hierarchical class activation maps for localization".
 */
export const layerCam = (): Explainer =>
  layerMaps('layercam', 'LayerCAM', { units: 'target', signed: false }, ({ activation, gradient }) =>
    relu(sum(mul(relu(gradient), activation), [1])),
  )
