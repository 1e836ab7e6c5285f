import { type Estimate, NO_ESTIMATE } from './study-file.ts'

/** In how many cells an interval lies above zero, below, over it or on too little, or nowhere. */
export interface Tally {
  readonly above: number
  readonly below: number
  readonly undecided: number
  readonly undefined: number
}

/**
 * What a verdict rests on at least. Of 30 values that are all alike a tenth may be otherwise (the rule of three), and a smaller
 * gap than that decides nothing; of fewer than 10 images it is a matter of which were drawn.
 */
export const ENOUGH = { values: 30, images: 10 } as const

/** What rests on too little to be told apart, in words. */
export const ENOUGH_TEXT = `fewer than ${ENOUGH.values} values or ${ENOUGH.images} images`

/** Where an interval lies, if it rests on enough; studies of earlier versions do not say on what. */
export function verdictOf({ value, interval, basis }: Estimate): keyof Tally {
  if (value === null) return 'undefined'
  if (basis !== null && (basis.values < ENOUGH.values || (basis.images ?? ENOUGH.images) < ENOUGH.images)) {
    return 'undecided'
  }
  if (interval === null) return basis === null ? 'undefined' : 'undecided'
  return interval.low > 0 ? 'above' : interval.high < 0 ? 'below' : 'undecided'
}

/** How often estimates are what. */
export function tallyOf(estimates: readonly Estimate[]): Tally {
  const count = (verdict: keyof Tally): number => estimates.filter((each) => verdictOf(each) === verdict).length
  return {
    above: count('above'),
    below: count('below'),
    undecided: count('undecided'),
    undefined: count('undefined'),
  }
}

/** What a tally has besides above and below: ", not told apart in 1". */
export const restText = ({ undecided, undefined: none }: Tally): string =>
  [
    ...(undecided > 0 ? [`, not told apart in ${undecided}`] : []),
    ...(none > 0 ? [`, not defined in ${none}`] : []),
  ].join('')

/** An estimate less a number. */
export const shifted = ({ value, interval, basis }: Estimate, by: number): Estimate => ({
  value: value === null ? null : value - by,
  interval: interval === null ? null : { low: interval.low - by, high: interval.high - by },
  basis,
})

/**
 * The difference of two estimates of different images, whose errors have nothing to do with each other.
 *
 * low = a - b - sqrt((a - low_a)^2 + (high_b - b)^2), high = a - b + sqrt((high_a - a)^2 + (b - low_b)^2)
 *
 * Source: Zou and Donner 2008, "Construction of confidence limits about effect measures: a general approach".
 */
export function differenceOf(a: Estimate, b: Estimate): Estimate {
  if (a.value === null || b.value === null) return NO_ESTIMATE
  const value = a.value - b.value
  const basis =
    a.basis === null || b.basis === null
      ? null
      : {
          values: Math.min(a.basis.values, b.basis.values),
          images: a.basis.images === null || b.basis.images === null ? null : Math.min(a.basis.images, b.basis.images),
        }
  if (a.interval === null || b.interval === null) return { value, interval: null, basis }
  return {
    value,
    interval: {
      low: value - Math.hypot(a.value - a.interval.low, b.interval.high - b.value),
      high: value + Math.hypot(a.interval.high - a.value, b.value - b.interval.low),
    },
    basis,
  }
}

/** A mean squared error on the 0..1 scale as PSNR in dB. */
export function decibelsOf({ value, interval, basis }: Estimate): Estimate {
  const decibels = (squared: number): number => -10 * Math.log10(squared)
  if (value === null || value <= 0) return NO_ESTIMATE
  return {
    value: decibels(value),
    interval:
      interval === null || interval.low <= 0 ? null : { low: decibels(interval.high), high: decibels(interval.low) },
    basis,
  }
}
