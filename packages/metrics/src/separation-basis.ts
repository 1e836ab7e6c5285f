import { noiseStrata } from './noise-strata.ts'
import {
  averagedImages,
  countsOf,
  type Part,
  type SeparationCounts,
  type SeparationRecord,
} from './separation-record.ts'
import {
  bothSigns,
  cleanIn,
  corruptedIn,
  countsInStrata,
  type DetectionScores,
  type MatchedGap,
  type PartScores,
  type SeparationGap,
  type SeparationScores,
} from './separation-scores.ts'

/** What a score rests on. */
export interface Basis {
  /** What it counts: values (pixels, by channel); of means over images the images. Of a gap, those of the side that has fewer. */
  readonly values: number
  /** Images that have any of these. */
  readonly images: number
}

/** What of one record a score rests on, and within what it lies where it is made of shares of what it counts. */
export interface Weight {
  readonly count: number
  readonly within?: readonly [least: number, most: number]
}

const share = (count: number): Weight => ({ count, within: [0, 1] })
const gap = (count: number): Weight => ({ count, within: [-1, 1] })
const mean = (count: number): Weight => ({ count })

/**
 * What every score of the records rests on in a record.
 * @param pooled the record of all, in which the side of a gap is found that has fewer.
 */
export function separationWeights(pooled: SeparationRecord, record: SeparationRecord): SeparationScores<Weight> {
  return {
    images: record.images,
    parts: {
      image: partWeights(record, 'image'),
      core: partWeights(record, 'core'),
      edge: partWeights(record, 'edge'),
      background: partWeights(record, 'background'),
      object: partWeights(record, 'object'),
    },
    gap: gapWeights(pooled, record, 'core'),
    objectGap: gapWeights(pooled, record, 'object'),
  }
}

const decided = ({ truePositives, falseNegatives, falsePositives }: SeparationCounts): number =>
  truePositives + falseNegatives + falsePositives

const detectionWeights = (counts: SeparationCounts): DetectionScores<Weight> => ({
  precision: share(counts.truePositives + counts.falsePositives),
  recall: share(corruptedIn(counts)),
  f1: share(decided(counts)),
  falseRemoval: share(cleanIn(counts)),
  removalGain: mean(corruptedIn(counts) + cleanIn(counts)),
})

function partWeights(record: SeparationRecord, part: Part): PartScores<Weight> {
  const counts = countsOf(record, part)
  const values = mean(corruptedIn(counts) + cleanIn(counts))
  return {
    ...detectionWeights(counts),
    averagePrecision: mean(averagedImages(record, part)),
    pixelShare: values,
    errorShare: values,
    meanSquaredError: values,
    corrupted: corruptedIn(counts),
    clean: cleanIn(counts),
    strata: noiseStrata(record.scheme).map((stratum, index) => {
      const inStratum = countsOf(record, part, index)
      return { ...stratum, ...detectionWeights(inStratum), corrupted: corruptedIn(inStratum) }
    }),
  }
}

function gapWeights(pooled: SeparationRecord, record: SeparationRecord, on: 'core' | 'object'): SeparationGap<Weight> {
  const scarcer = (countIn: (record: SeparationRecord, part: Part) => number): number =>
    countIn(record, countIn(pooled, 'background') < countIn(pooled, on) ? 'background' : on)
  const strataOf = (each: SeparationRecord, exchange = (strata: SeparationCounts[]) => strata) => ({
    there: exchange(countsInStrata(each, 'background')).map(corruptedIn),
    here: exchange(countsInStrata(each, on)).map(corruptedIn),
  })
  return {
    f1: gap(scarcer((each, part) => decided(countsOf(each, part)))),
    averagePrecision: mean(scarcer(averagedImages)),
    bySignAndSize: matchedWeights(strataOf(pooled), strataOf(record)),
    bySize: matchedWeights(strataOf(pooled, bothSigns), strataOf(record, bothSigns)),
  }
}

/** Corrupted values of each stratum. */
interface Strata {
  readonly there: readonly number[]
  readonly here: readonly number[]
}

/** Of each stratum that both sides have, those of the side that has fewer in all. */
function matchedWeights(pooled: Strata, { there, here }: Strata): MatchedGap<Weight> {
  let count = 0
  for (const [k, inAllThere] of pooled.there.entries()) {
    const inAllHere = pooled.here[k] ?? 0
    if (inAllThere === 0 || inAllHere === 0) continue
    count += (inAllThere < inAllHere ? there[k] : here[k]) ?? 0
  }
  return { f1: gap(count), f1AtEqualShare: gap(count), compared: count }
}

/** What weights come to over records, and how many records of equal weight they are worth. */
export function basisOf(weights: readonly Weight[]): Basis & { readonly worth: number } {
  let [values, squares, images] = [0, 0, 0]
  for (const { count } of weights) {
    values += count
    squares += count * count
    if (count > 0) images++
  }
  // Source: Kish 1965, "Survey sampling" (the effective size of a sample of unequal weights).
  return { values, images, worth: squares === 0 ? 0 : (values * values) / squares }
}
