import type { Explainer } from '../explainer.ts'
import { type PathOptions, pathExplainer } from './path-explainer.ts'

/**
 * Noise path: how much the noise on each pixel changed the target, by integrated gradients from the clean image x to the noisy
 * one y. Where there is no noise, there is 0.
 *
 * map = sum over c of n * integral over a from 0 to 1 of dT/dy (x + a n), n = y - x
 *
 * The sum of the map is T(y) - T(x), up to the gap that `completeness` says. Refined as integrated gradients are.
 *
 * Source: Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", equation 1, with the clean image as its
 * baseline.
 * @throws InputError when an option is unusable; on explaining when the clean image is not given.
 */
export const noisePath = (options: PathOptions = {}): Explainer =>
  pathExplainer('noise-path', 'Noise path', { rule: options, options: {} }, ({ clean }) => clean('the noise path'))
