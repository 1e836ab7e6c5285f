import { type NoiseStratum, noiseStrata } from './noise-strata.ts'
import {
  countsOf,
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

/** Scores in the whole image or in a region. */
export interface PartScores<T = number | null> extends DetectionScores<T> {
  /**
   * Of finding corrupted values by |r| at every threshold: the mean over images of each one's own, without images where
   * nothing or everything is corrupted in this part.
   */
  readonly averagePrecision: T
  /** Values that are corrupted, and that are not. */
  readonly corrupted: number
  readonly clean: number
  readonly strata: readonly StratumScores<T>[]
}

/** Gaps of F1 between background and core over strata that occur in both, like compared with like. */
export interface MatchedGap<T = number | null> {
  /**
   * The mean of F1(background) - F1(core), each stratum weighted by its number of corrupted values in the region that
   * has fewer: a stratum that one of them hardly has, whose F1 is a matter of chance, hardly counts, and one that it
   * does not have is left out. null where nothing is shared.
   */
  readonly f1: T
  /**
   * The same, with both regions taken to have the share of noise of that stratum that they have together. F1 falls
   * where noise is rare even for the same recall and false removal, and this takes that out.
   */
  readonly f1AtEqualShare: T
  /** Corrupted values that it rests on, the sum of the weights: beside those of the core it says how alike the noise is. */
  readonly compared: number
}

/** How much better noise is found in the background than in the core of the object: 0 if equally well. */
export interface SeparationGap<T = number | null> {
  /** F1(background) - F1(core). Different kinds and shares of noise count as a difference here. */
  readonly f1: T
  /** Average precision of the background less that of the core: no less confounded than `f1`. */
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
  readonly gap: SeparationGap<T>
}

/** Scores of the images of a record, their values pooled (but see `averagePrecision`). */
export function separationScores(record: SeparationRecord): SeparationScores {
  const parts = {
    image: partScores(record, 'image'),
    core: partScores(record, 'core'),
    edge: partScores(record, 'edge'),
    background: partScores(record, 'background'),
  }
  return { images: record.images, parts, gap: gapBetween(record, parts) }
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
  { images, parts, gap }: SeparationScores<A>,
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
    strata: part.strata.map((stratum) => ({ ...stratum, ...ofDetection(stratum) })),
  })
  const ofMatched = (matched: MatchedGap<A>): MatchedGap<B> => ({
    f1: exchange(matched.f1),
    f1AtEqualShare: exchange(matched.f1AtEqualShare),
    compared: matched.compared,
  })
  return {
    images,
    parts: {
      image: ofPart(parts.image),
      core: ofPart(parts.core),
      edge: ofPart(parts.edge),
      background: ofPart(parts.background),
    },
    gap: {
      f1: exchange(gap.f1),
      averagePrecision: exchange(gap.averagePrecision),
      bySignAndSize: ofMatched(gap.bySignAndSize),
      bySize: ofMatched(gap.bySize),
    },
  }
}

function partScores(record: SeparationRecord, part: Part): PartScores {
  const counts = countsOf(record, part)
  return {
    ...detectionScores(counts),
    averagePrecision: meanAveragePrecision(record, part),
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
  { background, core }: Record<'background' | 'core', PartScores>,
): SeparationGap {
  const strata = noiseStrata(record.scheme)
  const inStrata = (part: Part): SeparationCounts[] => strata.map((_, index) => countsOf(record, part, index))
  const [there, here] = [inStrata('background'), inStrata('core')]
  return {
    f1: difference(background.f1, core.f1),
    averagePrecision: difference(background.averagePrecision, core.averagePrecision),
    bySignAndSize: matchedGap(there, here),
    bySize: matchedGap(bothSigns(there), bothSigns(here)),
  }
}

/** Strata of noise that brightens, each together with that of equal size that darkens. */
function bothSigns(strata: readonly SeparationCounts[]): SeparationCounts[] {
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

function matchedGap(background: readonly SeparationCounts[], core: readonly SeparationCounts[]): MatchedGap {
  const asCounted = { sum: 0, weights: 0 }
  const atEqualShare = { sum: 0, weights: 0 }
  for (const [index, there] of background.entries()) {
    const here = core[index] as SeparationCounts
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

const corruptedIn = (counts: SeparationCounts): number => counts.truePositives + counts.falseNegatives
const cleanIn = (counts: SeparationCounts): number => counts.falsePositives + counts.trueNegatives
const ratio = (above: number, below: number): number | null => (below === 0 ? null : above / below)
const difference = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b)
