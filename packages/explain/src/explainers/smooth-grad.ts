import type { Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { imagesAt } from '../points.ts'
import { channelSum } from './channel-sum.ts'
import { checkSamples, noisySamples, type SampleOptions } from './noisy-samples.ts'

export interface SmoothGradOptions extends Partial<SampleOptions> {
  /** Take absolute values before the mean, so that gradients of opposite signs do not cancel; false if not given. */
  readonly absolute?: boolean
}

/**
 * SmoothGrad: the input gradient, averaged over copies of the image with noise on them. 100 samples with a noise of 0.15 of
 * the image's range, if not given.
 *
 * map = sum over c of |mean over s of dT/dy_c (y + e_s)|, e_s normal with standard deviation 0.15 (max y - min y)
 *
 * Source: Smilkov et al. 2017, "SmoothGrad: removing noise by adding noise".
 * @throws InputError when samples, noise or seed are unusable.
 */
export function smoothGrad(options: SmoothGradOptions = {}): Explainer {
  const { samples = 100, noise = 0.15, seed = 0, absolute = false } = options
  const sampling = { samples, noise, seed }
  checkSamples('smoothgrad', sampling)
  return {
    name: 'smoothgrad',
    title: 'SmoothGrad',
    options: { ...sampling, absolute },
    explain: async (context) => {
      const { noisy, width, height, saturated, held } = context
      const mean = new Float64Array(noisy.length)
      await held.gradients(imagesAt(samples, noisySamples(context, sampling)), (gradient) => {
        for (let i = 0; i < mean.length; i++) {
          const slope = gradient[i] as number
          mean[i] = (mean[i] as number) + (absolute ? Math.abs(slope) : slope) / samples
        }
      })
      const data = channelSum(mean.map(Math.abs), width * height)
      return {
        maps: [
          explanationMap({ name: 'input', shape: [height, width], data, signed: false, units: '1' }, { saturated }),
        ],
      }
    },
  }
}
