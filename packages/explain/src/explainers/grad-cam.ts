import { mean, mul, relu, sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { layerMaps } from './layer-maps.ts'

export interface GradCamOptions {
  /** Keep only what raises the target; true if not given. Without it the map is signed. */
  readonly relu?: boolean
}

/**
 * Grad-CAM: channels weighed by their mean gradient.
 *
 * alpha_c = mean over places of g_c
 * map = ReLU(sum over c of alpha_c A_c)
 *
 * The mean is over the whole layer, so the map of one pixel is as small as the image is large: for pixels prefer LayerCAM or
 * HiResCAM. Units are the target's: without ReLU, where each channel's gradient is the same everywhere, the map sums to the
 * part of the target that comes through the layer.
 *
 * Source: Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based localization", equations 1
 * and 2.
 */
export const gradCam = ({ relu: rectify = true }: GradCamOptions = {}): Explainer =>
  layerMaps(
    'gradcam',
    'Grad-CAM',
    { units: 'target', signed: !rectify, options: { relu: rectify } },
    ({ activation, gradient }) => {
      const weighed = sum(mul(mean(gradient, [2, 3]), activation), [1])
      return rectify ? relu(weighed) : weighed
    },
  )
