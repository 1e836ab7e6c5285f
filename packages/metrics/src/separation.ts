import { InputError } from '@noisescope/core'
import {
  type BootstrapOptions,
  bootstrapMeanInterval,
  confidenceOf,
  type Interval,
  percentileInterval,
  resampledIndices,
} from './bootstrap.ts'
import { type Basis, basisOf, separationWeights, type Weight } from './separation-basis.ts'
import { addSeparationRecords, type SeparationRecord } from './separation-record.ts'
import { mapScores, type SeparationGap, type SeparationScores, separationScores } from './separation-scores.ts'

/** A score of all the images, and where it lies if other images had been drawn. */
export interface Estimate {
  /** null where the score is undefined. */
  readonly value: number | null
  /** null with the value, and where it rests on a single image. */
  readonly interval: Interval | null
  /** What it rests on: few values or images tell little, whatever the interval. */
  readonly basis: Basis
}

/**
 * How well a denoiser tells noise from object, with bootstrap intervals over images: every score of
 * {@link separationScores}, of the sum of the records and of the sums of as many drawn with replacement.
 *
 * Intervals hold for few images too: they are expanded as of so many images as have what the score counts, each by its share
 * (`bootstrapInterval`), and those of shares and their differences reach at least 3 / values from the value, since a share of n
 * values that are all alike may be 3 / n off (the rule of three). A resample in which a score is undefined does not count for its
 * interval, which says how many did.
 *
 * Source of the rule of three: Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all right?".
 * @param records One an image, for images are what is drawn.
 * @throws {InputError} when there is no record, they were made with different options, or an option of the bootstrap is
 *   unusable.
 */
export const separation = (
  records: readonly SeparationRecord[],
  options: BootstrapOptions = {},
): SeparationScores<Estimate> => mapScores(drawnScores(records, options), (drawn) => estimateOf(drawn, options))

/** The mean of one value an image, with its interval; no value where there is none. @throws InputError as bootstrapMeanInterval does. */
export function meanEstimate(values: readonly number[], options: BootstrapOptions = {}): Estimate {
  const basis = { values: values.length, images: values.length }
  if (values.length === 0) return { value: null, interval: null, basis }
  const value = values.reduce((sum, each) => sum + each, 0) / values.length
  return { value, interval: bootstrapMeanInterval(values, options), basis }
}

/** How much larger the gaps to a part of the object are than those of another denoiser: 0 where they are alike. */
export interface GapExcess {
  readonly f1: Estimate
  /** Of like with like, `bySignAndSize.f1`. */
  readonly bySignAndSize: Estimate
}

/** Two denoisers of the same images, and what the first has more. */
export interface ComparedSeparation {
  readonly first: SeparationScores<Estimate>
  readonly second: SeparationScores<Estimate>
  /**
   * Gaps of the first less those of the second, to the core and to the whole object; their intervals are of the difference in each
   * resample of the images.
   */
  readonly excess: Readonly<Record<'gap' | 'objectGap', GapExcess>>
}

/**
 * {@link separation} of two denoisers of the same images, and the difference of their gaps. The same images are drawn for both,
 * so what is hard about an image is hard for both and goes out of the difference.
 * @param first, second One record an image, in the same order.
 * @throws {InputError} as `separation` does, and when the numbers of images differ.
 */
export function comparedSeparation(
  first: readonly SeparationRecord[],
  second: readonly SeparationRecord[],
  options: BootstrapOptions = {},
): ComparedSeparation {
  if (first.length !== second.length) {
    throw new InputError(`there are ${first.length} and ${second.length} records; expected two of each image`)
  }
  const [a, b] = [drawnScores(first, options), drawnScores(second, options)]
  const difference = (gapOf: (scores: SeparationScores<Drawn>) => Drawn): Estimate =>
    estimateOf(differenceOf(gapOf(a), gapOf(b)), options)
  const excessOf = (gapsOf: (scores: SeparationScores<Drawn>) => SeparationGap<Drawn>): GapExcess => ({
    f1: difference((scores) => gapsOf(scores).f1),
    bySignAndSize: difference((scores) => gapsOf(scores).bySignAndSize.f1),
  })
  return {
    first: mapScores(a, (drawn) => estimateOf(drawn, options)),
    second: mapScores(b, (drawn) => estimateOf(drawn, options)),
    excess: {
      gap: excessOf(({ gap }) => gap),
      objectGap: excessOf(({ objectGap }) => objectGap),
    },
  }
}

/** A score of all images, and of each resample; null where undefined. */
interface Drawn {
  readonly value: number | null
  readonly samples: readonly (number | null)[]
  readonly basis: ReturnType<typeof basisOf>
  /** Within what it lies where it is made of shares. */
  readonly within: Weight['within']
}

function drawnScores(records: readonly SeparationRecord[], options: BootstrapOptions): SeparationScores<Drawn> {
  const pooled = addSeparationRecords(records)
  const samples: (number | null)[][] = []
  for (const record of resampledRecords(records, options)) collect(samples, separationScores(record))
  const weights: Weight[][] = []
  for (const record of records) collect(weights, separationWeights(pooled, record))
  let place = 0
  return mapScores(separationScores(pooled), (value) => {
    const [own, drawn] = [weights[place] ?? [], samples[place] ?? []]
    place++
    return { value, samples: drawn, basis: basisOf(own), within: own[0]?.within }
  })
}

/** Puts what stands at each place of the scores at the end of the list of that place. */
function collect<T>(lists: T[][], scores: SeparationScores<T>): void {
  let place = 0
  mapScores(scores, (value) => {
    const list = lists[place] ?? []
    lists[place++] = list
    list.push(value)
  })
}

function estimateOf(
  { value, samples, basis: { values, images, worth }, within }: Drawn,
  options: BootstrapOptions,
): Estimate {
  const drawn = value === null ? null : percentileInterval(samples, options, worth)
  const basis = { values, images }
  if (value === null || drawn === null || within === undefined) return { value, interval: drawn, basis }
  const [least, most] = within
  const reach = -Math.log(1 - confidenceOf(options)) / values
  return {
    value,
    interval: {
      ...drawn,
      low: Math.min(drawn.low, Math.max(least, value - reach)),
      high: Math.max(drawn.high, Math.min(most, value + reach)),
    },
    basis,
  }
}

/** The difference of two gaps, which rests on what the one with fewer values does. */
function differenceOf(a: Drawn, b: Drawn): Drawn {
  const less = (x: number | null, y: number | null | undefined): number | null =>
    x === null || y === null || y === undefined ? null : x - y
  return {
    value: less(a.value, b.value),
    samples: a.samples.map((sample, i) => less(sample, b.samples[i])),
    basis: a.basis.values < b.basis.values ? a.basis : b.basis,
    within: [-2, 2],
  }
}

/** Resamples that are summed together, so that a record is read from memory once for all of them. */
const TOGETHER = 16

function* resampledRecords(
  records: readonly SeparationRecord[],
  options: BootstrapOptions,
): Generator<SeparationRecord> {
  let waiting: Uint32Array[] = []
  for (const indices of resampledIndices(records.length, options)) {
    const times = new Uint32Array(records.length)
    for (const index of indices) times[index] = (times[index] as number) + 1
    waiting.push(times)
    if (waiting.length === TOGETHER) {
      yield* weightedRecords(records, waiting)
      waiting = []
    }
  }
  yield* weightedRecords(records, waiting)
}

/** For each list of how often a record counts: the sum. */
function weightedRecords(records: readonly SeparationRecord[], lists: readonly Uint32Array[]): SeparationRecord[] {
  const { scheme, sums } = records[0] as SeparationRecord
  const totals = lists.map(() => ({ images: 0, scheme, sums: new Float64Array(sums.length) }))
  for (const [i, record] of records.entries()) {
    for (let list = 0; list < lists.length; list++) {
      const count = (lists[list] as Uint32Array)[i] as number
      const total = totals[list]
      if (total === undefined || count === 0) continue
      total.images += count * record.images
      addTimes(total.sums, record.sums, count)
    }
  }
  return totals
}

function addTimes(sums: Float64Array, own: Float64Array, count: number): void {
  for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + count * (own[k] as number)
}
