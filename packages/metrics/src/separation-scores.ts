import { type NoiseStratum, noiseStrata } from './noise-strata.ts'
import {
  countsOf,
  errorOf,
  meanAveragePrecision,
  type Part,
  type SeparationCounts,
  type SeparationRecord,
} from './separation-record.ts'

/**
 * How well corrupted values are told from clean ones. Each score is null where its denominator is 0, and F1 also where
 * nothing is corrupted.
 */
export interface DetectionScores<T = number | null> {
  /** Share of the removed that was corrupted: TP / (TP + FP). */
  readonly precision: T
  /** Share of the corrupted that was removed: TP / (TP + FN). */
  readonly recall: T
  /** Harmonic mean of the two: 2 TP / (2 TP + FP + FN). */
  readonly f1: T
  /** Share of the clean that was removed, features taken for noise: FP / (FP + TN). */
  readonly falseRemoval: T
  /**
   * sum(r n) / sum(n^2): 1 when all noise went, 0 when none did. It does not see what else went: removals where there
   * is no noise, or that do not go along with it, leave it as it is.
   */
  readonly removalGain: T
}

/** Scores of noise of one sign and size. */
export interface StratumScores<T = number | null> extends NoiseStratum, DetectionScores<T> {
  readonly corrupted: number
}

/** Scores in the whole image or in a part of it. */
export interface PartScores<T = number | null> extends DetectionScores<T> {
  /**
   * Of finding corrupted values by |r| at every threshold: the mean over images of each one's own, without images where
   * nothing or everything is corrupted in this part.
   */
  readonly averagePrecision: T
  /** Share of the image's values that the part has. */
  readonly pixelShare: T
  /** Share of the image's squared error that the part has. */
  readonly errorShare: T
  /** Mean of (f - x)^2 over the part's values, f clipped to 0..1. */
  readonly meanSquaredError: T
  /** Values that are corrupted, and that are not. */
  readonly corrupted: number
  readonly clean: number
  readonly strata: readonly StratumScores<T>[]
}

/** Gaps of F1 between background and object over strata that occur in both, like compared with like. */
export interface MatchedGap<T = number | null> {
  /**
   * The mean of F1(background) - F1(object), each stratum weighted by its number of corrupted values in the region that
   * has fewer: a stratum that one of them hardly has, whose F1 is a matter of chance, hardly counts, and one that it
   * does not have is left out. null where nothing is shared.
   */
  readonly f1: T
  /**
   * The same, with both regions taken to have the share of noise of that stratum that they have together. F1 falls
   * where noise is rare even for the same recall and false removal, and this takes that out.
   */
  readonly f1AtEqualShare: T
  /** Corrupted values that it rests on, the sum of the weights: beside those of the object it says how alike the noise is. */
  readonly compared: number
}

/** How much better noise is found in the background than on the object, or in its core: 0 if equally well. */
export interface SeparationGap<T = number | null> {
  /** F1(background) - F1(object). Different kinds and shares of noise count as a difference here. */
  readonly f1: T
  /** Average precision of the background less that of the object: no less confounded than `f1`. */
  readonly averagePrecision: T
  /** Over noise of equal sign and about equal size: the one that compares like with like. */
  readonly bySignAndSize: MatchedGap<T>
  /**
   * Over noise of about equal size and any sign, for noise of which little is shared otherwise: salt on black has size
   * 1, which on an object near white only pepper has. Brightening on black and darkening on white count as alike here.
   */
  readonly bySize: MatchedGap<T>
}

/** Everything that a record says about a denoiser. */
export interface SeparationScores<T = number | null> {
  readonly images: number
  readonly parts: Readonly<Record<Part, PartScores<T>>>
  /** To the core of the object, which no blur of its outline reaches. */
  readonly gap: SeparationGap<T>
  /** To the whole object. */
  readonly objectGap: SeparationGap<T>
}

/** Scores of the images of a record, their values pooled (but see `averagePrecision`). */
export function separationScores(record: SeparationRecord): SeparationScores {
  const parts = {
    image: partScores(record, 'image'),
    core: partScores(record, 'core'),
    edge: partScores(record, 'edge'),
    background: partScores(record, 'background'),
    object: partScores(record, 'object'),
  }
  return {
    images: record.images,
    parts,
    gap: gapBetween(record, parts, 'core'),
    objectGap: gapBetween(record, parts, 'object'),
  }
}

/** Scores from counts. */
export function detectionScores(counts: SeparationCounts): DetectionScores {
  const { truePositives, falseNegatives, falsePositives, trueNegatives, removedTimesNoise, noisePower } = counts
  const corrupted = corruptedIn(counts)
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, corrupted),
    f1: corrupted === 0 ? null : ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    falseRemoval: ratio(falsePositives, falsePositives + trueNegatives),
    removalGain: ratio(removedTimesNoise, noisePower),
  }
}

/** The same scores with every number or null exchanged, always in the same order. */
export function mapScores<A, B>(
  { images, parts, gap, objectGap }: SeparationScores<A>,
  exchange: (value: A) => B,
): SeparationScores<B> {
  const ofDetection = (scores: DetectionScores<A>): DetectionScores<B> => ({
    precision: exchange(scores.precision),
    recall: exchange(scores.recall),
    f1: exchange(scores.f1),
    falseRemoval: exchange(scores.falseRemoval),
    removalGain: exchange(scores.removalGain),
  })
  const ofPart = (part: PartScores<A>): PartScores<B> => ({
    ...part,
    ...ofDetection(part),
    averagePrecision: exchange(part.averagePrecision),
    pixelShare: exchange(part.pixelShare),
    errorShare: exchange(part.errorShare),
    meanSquaredError: exchange(part.meanSquaredError),
    strata: part.strata.map((stratum) => ({ ...stratum, ...ofDetection(stratum) })),
  })
  const ofMatched = (matched: MatchedGap<A>): MatchedGap<B> => ({
    f1: exchange(matched.f1),
    f1AtEqualShare: exchange(matched.f1AtEqualShare),
    compared: matched.compared,
  })
  const ofGap = (each: SeparationGap<A>): SeparationGap<B> => ({
    f1: exchange(each.f1),
    averagePrecision: exchange(each.averagePrecision),
    bySignAndSize: ofMatched(each.bySignAndSize),
    bySize: ofMatched(each.bySize),
  })
  return {
    images,
    parts: {
      image: ofPart(parts.image),
      core: ofPart(parts.core),
      edge: ofPart(parts.edge),
      background: ofPart(parts.background),
      object: ofPart(parts.object),
    },
    gap: ofGap(gap),
    objectGap: ofGap(objectGap),
  }
}

function partScores(record: SeparationRecord, part: Part): PartScores {
  const counts = countsOf(record, part)
  const [own, all] = [errorOf(record, part), errorOf(record, 'image')]
  return {
    ...detectionScores(counts),
    averagePrecision: meanAveragePrecision(record, part),
    pixelShare: ratio(own.values, all.values),
    errorShare: ratio(own.squaredError, all.squaredError),
    meanSquaredError: ratio(own.squaredError, own.values),
    corrupted: corruptedIn(counts),
    clean: cleanIn(counts),
    strata: noiseStrata(record.scheme).map((stratum, index) => {
      const inStratum = countsOf(record, part, index)
      return {
        ...stratum,
        ...detectionScores(inStratum),
        corrupted: corruptedIn(inStratum),
      }
    }),
  }
}

function gapBetween(
  record: SeparationRecord,
  parts: Readonly<Record<Part, PartScores>>,
  on: 'core' | 'object',
): SeparationGap {
  const [there, here] = [countsInStrata(record, 'background'), countsInStrata(record, on)]
  return {
    f1: difference(parts.background.f1, parts[on].f1),
    averagePrecision: difference(parts.background.averagePrecision, parts[on].averagePrecision),
    bySignAndSize: matchedGap(there, here),
    bySize: matchedGap(bothSigns(there), bothSigns(here)),
  }
}

export const countsInStrata = (record: SeparationRecord, part: Part): SeparationCounts[] =>
  noiseStrata(record.scheme).map((_, index) => countsOf(record, part, index))

/** Strata of noise that brightens, each together with that of equal size that darkens. */
export function bothSigns(strata: readonly SeparationCounts[]): SeparationCounts[] {
  const sizes = strata.length / 2
  return strata.slice(0, sizes).map((brighter, size) => {
    const darker = strata[sizes + size] as SeparationCounts
    return {
      truePositives: brighter.truePositives + darker.truePositives,
      falseNegatives: brighter.falseNegatives + darker.falseNegatives,
      falsePositives: brighter.falsePositives + darker.falsePositives,
      // Either is the region's clean values less the removals of its own sign.
      trueNegatives: brighter.trueNegatives - darker.falsePositives,
      removedTimesNoise: brighter.removedTimesNoise + darker.removedTimesNoise,
      noisePower: brighter.noisePower + darker.noisePower,
    }
  })
}

function matchedGap(background: readonly SeparationCounts[], object: readonly SeparationCounts[]): MatchedGap {
  const asCounted = { sum: 0, weights: 0 }
  const atEqualShare = { sum: 0, weights: 0 }
  for (const [index, there] of background.entries()) {
    const here = object[index] as SeparationCounts
    const [a, b] = [detectionScores(there), detectionScores(here)]
    const weight = Math.min(corruptedIn(there), corruptedIn(here))
    const corrupted = corruptedIn(there) + corruptedIn(here)
    const share = corrupted / (corrupted + cleanIn(there) + cleanIn(here))
    addWeighted(asCounted, difference(a.f1, b.f1), weight)
    addWeighted(atEqualShare, difference(f1AtShare(a, share), f1AtShare(b, share)), weight)
  }
  return {
    f1: ratio(asCounted.sum, asCounted.weights),
    f1AtEqualShare: ratio(atEqualShare.sum, atEqualShare.weights),
    compared: asCounted.weights,
  }
}

/** F1 of a detector with this recall and false removal where the given share of values is corrupted. */
function f1AtShare({ recall, falseRemoval }: DetectionScores, share: number): number | null {
  if (recall === null || falseRemoval === null) return null
  const truePositives = share * recall
  return (2 * truePositives) / (truePositives + share + (1 - share) * falseRemoval)
}

function addWeighted(mean: { sum: number; weights: number }, value: number | null, weight: number): void {
  if (value === null) return
  mean.sum += weight * value
  mean.weights += weight
}

export const corruptedIn = (counts: SeparationCounts): number => counts.truePositives + counts.falseNegatives
export const cleanIn = (counts: SeparationCounts): number => counts.falsePositives + counts.trueNegatives
const ratio = (above: number, below: number): number | null => (below === 0 ? null : above / below)
const difference = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b)
