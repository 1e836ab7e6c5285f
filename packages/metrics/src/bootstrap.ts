import { InputError, keyFrom, randomBits } from '@noisescope/core'
import { assertFinite, assertPositiveInteger } from './check.ts'
import { expandedTail } from './student-t.ts'

export interface BootstrapOptions {
  /** How often the images are drawn anew; 1000 unless given. */
  readonly resamples?: number | undefined
  /** Share of the resamples within the interval; 0.95 unless given. */
  readonly confidence?: number | undefined
  /** Equal seeds draw equal resamples, so intervals of two denoisers on the same images are paired; 0 unless given. */
  readonly seed?: number | undefined
}

/** Where a score lies if other images had been drawn. */
export interface Interval {
  readonly low: number
  readonly high: number
  /** Resamples that the interval rests on: those in which the score was defined. */
  readonly resamples: number
}

const WORDS = 2 ** 32

/**
 * Percentile bootstrap interval of a statistic of `count` images, which are drawn anew with replacement; expanded as Student's t
 * interval is, so that it covers of few images what it says too.
 *
 * null for a single image, which says nothing of others, and where the statistic is null in every resample.
 *
 * Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3; Hesterberg 2015, "What teachers should
 * know about the bootstrap" (the expanded percentile interval).
 * @param statistic A number, or null where undefined, of the images with the given indices (`count` of them, some more
 *   than once); the array is used again for the next resample.
 * @throws {InputError} when the count, an option or the seed is unusable.
 */
export function bootstrapInterval(
  count: number,
  statistic: (indices: Uint32Array) => number | null,
  options: BootstrapOptions = {},
): Interval | null {
  const samples: (number | null)[] = []
  for (const indices of resampledIndices(count, options)) samples.push(statistic(indices))
  return percentileInterval(samples, options, count)
}

/**
 * {@link bootstrapInterval} of the mean of one value an image.
 * @throws {InputError} when there is no value, one is not finite, or an option is unusable.
 */
export function bootstrapMeanInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval | null {
  assertFinite(values, 'the list of values')
  const mean = (indices: Uint32Array): number => {
    let sum = 0
    for (let i = 0; i < indices.length; i++) sum += values[indices[i] as number] as number
    return sum / indices.length
  }
  return bootstrapInterval(values.length, mean, options)
}

/**
 * Indices of `count` images drawn with replacement, once for each resample, always in the same array; nothing for a
 * single image. Resample number s takes stream s of the seed.
 * @throws {InputError} on the first draw, when the count, an option or the seed is unusable.
 */
export function* resampledIndices(count: number, options: BootstrapOptions): Generator<Uint32Array> {
  const { resamples = 1000, seed = 0 } = options
  assertPositiveInteger(count, 'the number of images to draw from')
  assertPositiveInteger(resamples, 'the number of resamples')
  confidenceOf(options)
  if (count === 1) return
  const indices = new Uint32Array(count)
  for (let sample = 0; sample < resamples; sample++) {
    const bits = randomBits(keyFrom(seed, sample), count)
    for (let i = 0; i < count; i++) indices[i] = Math.floor(((bits[i] as number) / WORDS) * count)
    yield indices
  }
}

/**
 * The middle of the samples that are not null, as wide as {@link expandedTail} says; null where there is none, or one image.
 * @param count of the images that the statistic rests on; a fraction where they count differently.
 */
export function percentileInterval(
  samples: readonly (number | null)[],
  options: BootstrapOptions,
  count: number,
): Interval | null {
  const ascending = Float64Array.from(samples.filter((sample) => sample !== null)).sort()
  if (ascending.length === 0 || !(count > 1)) return null
  const tail = expandedTail(confidenceOf(options), count)
  return { low: quantile(ascending, tail), high: quantile(ascending, 1 - tail), resamples: ascending.length }
}

export function confidenceOf({ confidence = 0.95 }: BootstrapOptions): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw new InputError(`the confidence is ${confidence}; expected a share between 0 and 1, such as 0.95`)
  }
  return confidence
}

/** Linear between the values on either side. */
function quantile(ascending: Float64Array, share: number): number {
  const place = share * (ascending.length - 1)
  const below = Math.floor(place)
  const low = ascending[below] as number
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number
  return low + (place - below) * (high - low)
}
