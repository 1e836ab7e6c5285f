import { add, div, equal, greater, mul, relu, square, sum, where } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { layerMaps } from './layer-maps.ts'

/** Keeps places where the gradient is all but zero out of the weights, as pytorch-grad-cam has it. */
const EPSILON = 1e-6

/**
 * Grad-CAM++: channels weighed by their rising gradients, each place by how much of the channel it stands for.
 *
 * a = g^2 / (2 g^2 + g^3 sum over places of A + 1e-6), 0 where g = 0
 * alpha_c = sum over places of a ReLU(g_c)
 * map = ReLU(sum over c of alpha_c A_c)
 *
 * The paper derives a for exp(T), which cancels from it; exp(T) itself, which overflows for targets of images, is left out of
 * alpha. Before a ReLU a channel's sum can be negative and a denominator zero: that place counts as 0. The map grows
 * otherwise than the target does, so only its shape says something, and its units are 1.
 *
 * Source: Chattopadhyay et al. 2018, "Grad-CAM++: generalized gradient-based visual explanations for deep
 * convolutional networks".
 */
export const gradCamPlusPlus = (): Explainer =>
  layerMaps('gradcam-plus-plus', 'Grad-CAM++', { units: '1', signed: false }, ({ activation, gradient }) => {
    const squared = square(gradient)
    const denominator = add(add(mul(2, squared), mul(mul(squared, gradient), sum(activation, [2, 3]))), EPSILON)
    // Where g < 0, ReLU(g) leaves nothing of a.
    const counts = where(equal(denominator, 0), 0, greater(gradient, 0))
    const share = where(counts, div(squared, denominator), 0)
    return relu(sum(mul(sum(mul(share, relu(gradient)), [2, 3]), activation), [1]))
  })
