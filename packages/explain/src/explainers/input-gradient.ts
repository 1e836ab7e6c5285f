import { abs, sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'

/**
 * Input gradient: how much the target moves with a pixel, whichever way.
 *
 * map = sum over c of |dT / dy_c|
 *
 * Source: Simonyan, Vedaldi and Zisserman 2014, "Deep inside convolutional networks", section 3.1, with the sum over the channels
 * in place of their maximum.
 */
export const inputGradient = (): Explainer => ({
  name: 'input-gradient',
  title: 'Input gradient',
  options: {},
  trace: ({ noisy, gradients }) => {
    const [gradient] = gradients([noisy])
    return gradient === undefined ? {} : { map: sum(abs(gradient), [1]) }
  },
  explain: ({ width, height, saturated }, { map = new Float32Array() }) => ({
    maps: [
      explanationMap({ name: 'input', shape: [height, width], data: map, signed: false, units: '1' }, { saturated }),
    ],
  }),
})
