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
export function separation(
  records: readonly SeparationRecord[],
  options: BootstrapOptions = {},
): SeparationScores<Estimate> {
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
  return mapScores(scores, (value) => {
    const drawn = samples[place++] ?? []
    return { value, interval: value === null ? null : percentileInterval(drawn, options) }
  })
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
