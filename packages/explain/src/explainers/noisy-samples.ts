import { InputError, keyFrom, random } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { ExplainContext } from '../explainer.ts'

export interface SampleOptions {
  /** How many samples. */
  readonly samples: number
  /** Standard deviation of the noise, as a share of the image's range: greatest less least value of this image. */
  readonly noise: number
  /** Seed of the noise: the same seed, the same samples. */
  readonly seed: number
}

/** Refuses samples that cannot be drawn. @throws InputError */
export function checkSamples(method: string, { samples, noise, seed }: SampleOptions): void {
  checkWhole(method, 'samples', samples)
  keyFrom(seed)
  if (Number.isFinite(noise) && noise >= 0) return
  throw new InputError(`${method}: noise is ${noise}; expected a share of the image's range, from 0 up`)
}

/** The image with more Gaussian noise on it, by the number of the sample. */
export function noisySamples(
  { noisy }: Pick<ExplainContext, 'noisy'>,
  { noise, seed }: SampleOptions,
): (index: number) => Float32Array {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of noisy) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)]
  const deviation = noise * (greatest - least)
  return (index) => {
    const draws = random('normal', keyFrom(seed, 0, index), noisy.length)
    return noisy.map((value, i) => value + deviation * (draws[i] as number))
  }
}
