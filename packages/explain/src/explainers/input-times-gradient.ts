import { mul, sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'

/**
 * Input x gradient: the part of the target that each pixel brings, where the network is linear. What is missing to T is the
 * sum of FullGrad's biases.
 *
 * map = sum over c of y_c dT / dy_c
 *
 * Source: Shrikumar et al. 2016, "Not just a black box: learning important features through propagating activation
 * differences".
 */
export const inputTimesGradient = (): Explainer => ({
  name: 'input-times-gradient',
  title: 'Input x gradient',
  options: {},
  trace: ({ noisy, gradients }) => {
    const [gradient] = gradients([noisy])
    return gradient === undefined ? {} : { map: sum(mul(noisy, gradient), [1]) }
  },
  explain: ({ width, height, saturated }, { map = new Float32Array() }) => ({
    maps: [
      explanationMap(
        { name: 'input', shape: [height, width], data: map, signed: true, units: 'target' },
        { saturated },
      ),
    ],
  }),
})
