import { InputError } from '@noisescope/core'
import { type BootstrapOptions, type Interval, percentileInterval, resampledIndices } from './bootstrap.ts'
import { addSeparationRecords, type SeparationRecord } from './separation-record.ts'
import { mapScores, type SeparationScores, separationScores } from './separation-scores.ts'

/** A score of all the images, and where it lies if other images had been drawn. */
export interface Estimate {
  /** null where the score is undefined. */
  readonly value: number | null
  /** null with the value, and for a single image. */
  readonly interval: Interval | null
}

/**
 * How well a denoiser tells noise from object, with bootstrap intervals over images: every score of
 * {@link separationScores}, of the sum of the records and of the sums of as many drawn with replacement.
 *
 * A resample in which a score is undefined does not count for its interval, which says how many did.
 * @param records One an image, for images are what is drawn.
 * @throws {InputError} when there is no record, they were made with different options, or an option of the bootstrap is
 *   unusable.
 */
export const separation = (
  records: readonly SeparationRecord[],
  options: BootstrapOptions = {},
): SeparationScores<Estimate> => mapScores(drawnScores(records, options), (drawn) => estimateOf(drawn, options))

/** How much larger the gaps of one denoiser are than those of another: 0 where they are alike. */
export interface GapExcess {
  readonly f1: Estimate
  /** Of like with like, `bySignAndSize.f1`. */
  readonly bySignAndSize: Estimate
}

/** Two denoisers of the same images, and what the first has more. */
export interface ComparedSeparation {
  readonly first: SeparationScores<Estimate>
  readonly second: SeparationScores<Estimate>
  /** Gaps of the first less those of the second; their intervals are of the difference in each resample of the images. */
  readonly excess: GapExcess
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
  return {
    first: mapScores(a, (drawn) => estimateOf(drawn, options)),
    second: mapScores(b, (drawn) => estimateOf(drawn, options)),
    excess: {
      f1: difference(({ gap }) => gap.f1),
      bySignAndSize: difference(({ gap }) => gap.bySignAndSize.f1),
    },
  }
}

/** A score of all images, and of each resample; null where undefined. */
interface Drawn {
  readonly value: number | null
  readonly samples: readonly (number | null)[]
}

function drawnScores(records: readonly SeparationRecord[], options: BootstrapOptions): SeparationScores<Drawn> {
  const scores = separationScores(addSeparationRecords(records))
  const samples: (number | null)[][] = []
  for (const record of resampledRecords(records, options)) {
    let place = 0
    mapScores(separationScores(record), (value) => {
      const drawn = samples[place] ?? []
      samples[place++] = drawn
      drawn.push(value)
    })
  }
  let place = 0
  return mapScores(scores, (value) => ({ value, samples: samples[place++] ?? [] }))
}

const estimateOf = ({ value, samples }: Drawn, options: BootstrapOptions): Estimate => ({
  value,
  interval: value === null ? null : percentileInterval(samples, options),
})

function differenceOf(a: Drawn, b: Drawn): Drawn {
  const less = (x: number | null, y: number | null | undefined): number | null =>
    x === null || y === null || y === undefined ? null : x - y
  return { value: less(a.value, b.value), samples: a.samples.map((sample, i) => less(sample, b.samples[i])) }
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
