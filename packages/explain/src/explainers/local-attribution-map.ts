import { InputError } from '@noisescope/core'
import { diffusionIndex } from '@noisescope/metrics'
import { checkWhole } from '../check-options.ts'
import { completenessOf, type Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { imagesAt } from '../points.ts'
import { gaussianKernel, mirrorBlur } from './blur.ts'
import { channelSum } from './channel-sum.ts'

export interface LocalAttributionMapOptions {
  /** Standard deviation of the Gaussian where the path starts, in pixels; 1.2 if not given. */
  readonly sigma?: number
  /** Steps of the path; 50 if not given. */
  readonly steps?: number
  /** Side of the Gaussian's kernel in pixels, odd; 9 if not given. */
  readonly kernel?: number
}

/**
 * Local attribution map: what each pixel brings to T(y) - T(y blurred), on the path from the blurred image to the noisy one that
 * lets the Gaussian get narrower. Of the target `detail` in the paper; any other works.
 *
 * map = sum over c, k of (y_(k+1) - y_k) * dT/dy (y_(k+1)), y_k = y blurred with sigma_k = sigma (1 - k / steps), k from 0
 *
 * Values: `diffusion index` = 100 (1 - G) with G the Gini coefficient of |map|: 100 for the same share everywhere, near 0 for
 * all at one pixel; depends on the number of pixels, so compare images of one size only; not there for a map of zeros.
 * `start`, T of the blurred image. The sum of the map comes near T(y) - T(y blurred), as `completeness` says. Blurring takes noise away too: for what
 * the noise does, take the noise path.
 *
 * Source: Gu and Dong 2021, "Interpreting super-resolution networks with local attribution maps"; the gradient at the end of each step, the kernel and the borders (mirrored) as in the authors' code.
 * @throws InputError when sigma, steps or kernel are unusable.
 */
export function localAttributionMap(options: LocalAttributionMapOptions = {}): Explainer {
  const { sigma = 1.2, steps = 50, kernel = 9 } = options
  const method = 'local-attribution-map'
  checkWhole(method, 'steps', steps)
  if (!(Number.isFinite(sigma) && sigma > 0)) {
    throw new InputError(`${method}: sigma is ${sigma}; expected a standard deviation in pixels, more than 0`)
  }
  if (!Number.isSafeInteger(kernel) || kernel < 1 || kernel % 2 === 0) {
    throw new InputError(`${method}: kernel is ${kernel}; expected an odd number of pixels`)
  }
  return {
    name: method,
    title: 'Local attribution map',
    options: { sigma, steps, kernel },
    explain: async (context) => {
      const { noisy, width, height, saturated, held } = context
      const blurred = (step: number): Float32Array =>
        mirrorBlur(noisy, context, gaussianKernel(sigma * (1 - step / steps), (kernel - 1) / 2))
      const shares = new Float64Array(noisy.length)
      let previous = blurred(0)
      let [start, end] = [Number.NaN, Number.NaN]
      await held.gradients(imagesAt(steps + 1, blurred), (gradient, value, step) => {
        if (step === 0) start = value
        else {
          const now = blurred(step)
          for (let i = 0; i < shares.length; i++) {
            const change = (now[i] as number) - (previous[i] as number)
            shares[i] = (shares[i] as number) + change * (gradient[i] as number)
          }
          previous = now
          end = value
        }
      })
      const data = channelSum(shares, width * height)
      const index = data.every(Number.isFinite) ? diffusionIndex(data) : null
      return {
        maps: [
          explanationMap({ name: 'input', shape: [height, width], data, signed: true, units: 'target' }, { saturated }),
        ],
        completeness: completenessOf(
          end - start,
          shares.reduce((total, share) => total + share, 0),
        ),
        values: { ...(index === null ? {} : { 'diffusion index': index }), start },
      }
    },
  }
}
