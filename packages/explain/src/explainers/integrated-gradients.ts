import { InputError } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { gaussianKernel, mirrorBlur } from './blur.ts'
import { type PathOptions, pathExplainer } from './path-explainer.ts'

/** Where the path starts: a black image, the noisy image blurred, or the clean image. */
export type Baseline = 'zero' | 'blurred' | 'clean'

export interface IntegratedGradientsOptions extends PathOptions {
  /** 'zero' if not given. */
  readonly baseline?: Baseline
  /** Of the blurred baseline: standard deviation of the Gaussian in pixels; 2 if not given. */
  readonly blur?: number
}

const BASELINES: readonly string[] = ['zero', 'blurred', 'clean'] satisfies Baseline[]

/** The blur's kernel ends where the Gaussian has fallen to a hundredth of its middle. */
const STANDARD_DEVIATIONS = 3

/**
 * Integrated gradients: what each pixel brings to T(y) - T(y0), on the straight path from a baseline y0 to the noisy image.
 *
 * map = sum over c of (y - y0) * integral over a from 0 to 1 of dT/dy (y0 + a (y - y0))
 *
 * The sum of the map is T(y) - T(y0) up to the gap that `completeness` says. Along the path the gradient of a ReLU network
 * jumps, so a rule only gets near; its nodes are doubled until that changes the map by at most 2e-3 of its length, or as `error`
 * says, and the gap is at most 1e-3, or as `gap` says. A blurred baseline has less noise too: for what the noise does, take the noise path.
 *
 * Source: Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", equation 1, with the
 * rule of `pathIntegral` in place of the sum of equation 3.
 * @throws InputError when an option is unusable; on explaining when the clean image is the baseline and not given.
 */
export function integratedGradients(options: IntegratedGradientsOptions = {}): Explainer {
  const { baseline = 'zero', blur = 2, ...rule } = options
  const method = 'integrated-gradients'
  if (!BASELINES.includes(baseline)) {
    throw new InputError(`${method}: there is no baseline ${baseline}; expected ${BASELINES.join(', ')}`)
  }
  if (!(Number.isFinite(blur) && blur > 0)) {
    throw new InputError(`${method}: blur is ${blur}; expected a standard deviation in pixels, more than 0`)
  }
  const kernel = gaussianKernel(blur, Math.ceil(STANDARD_DEVIATIONS * blur))
  return pathExplainer(
    method,
    'Integrated gradients',
    { rule, options: { baseline, ...(baseline === 'blurred' ? { blur } : {}) } },
    (context) => {
      if (baseline === 'clean') return context.clean('integrated gradients from the clean image')
      if (baseline === 'zero') return new Float32Array(context.noisy.length)
      return mirrorBlur(context.noisy, context, kernel)
    },
  )
}
