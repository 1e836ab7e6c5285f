import type { Estimate, Separation, StudyCell } from './study-file.ts'

/** The report's claim, cell by cell and in all. */
export interface Answer {
  readonly claim: string
  /** For each threshold of the object, in how many cells each gap is what. */
  readonly verdicts: readonly Verdict[]
  readonly sentences: readonly string[]
}

/** In how many cells an interval lies above zero, below, over it, or nowhere. */
export interface Tally {
  readonly above: number
  readonly below: number
  readonly undecided: number
  readonly undefined: number
}

/** How often a gap is what. */
export interface Verdict {
  readonly gap: Gap
  readonly objectThreshold: number
  readonly network: Tally
  /** Of the 3x3 median, which has learned nothing. */
  readonly median: Tally
  /** Of the network's gap less the median's. */
  readonly beyondMedian: Tally
}

/** The two gaps: as it is, or comparing noise of the same sign and about the same size. */
export const gaps = ['f1', 'bySignAndSize'] as const
export type Gap = (typeof gaps)[number]
export const gapTexts: Readonly<Record<Gap, string>> = { f1: 'raw', bySignAndSize: 'like with like' }

const CLAIM = 'The network recognises noise beside the object but confuses noise on the object with the object.'

/** F1 in the background less F1 in the core of the object. */
export const gapOf = ({ scores }: Separation, gap: Gap): Estimate =>
  gap === 'f1' ? scores.gap.f1 : scores.gap.bySignAndSize.f1

/** Where an interval lies. */
export function verdictOf({ value, interval }: Estimate): keyof Tally {
  if (value === null || interval === null) return 'undefined'
  return interval.low > 0 ? 'above' : interval.high < 0 ? 'below' : 'undecided'
}

/** The thresholds above which a pixel counts as object, in the cells' order. */
export const thresholdsOf = (cells: readonly StudyCell[]): number[] => [
  ...new Set(cells.flatMap(({ separation }) => separation.map((each) => each.objectThreshold))),
]

/** What the cells say of the claim. */
export function answerOf(cells: readonly StudyCell[]): Answer {
  const verdicts = thresholdsOf(cells).flatMap((objectThreshold) =>
    gaps.map((gap): Verdict => {
      const gapsBy = (denoiser: string): Estimate[] =>
        cells.flatMap(({ separation }) =>
          separation
            .filter((each) => each.denoiser === denoiser && each.objectThreshold === objectThreshold)
            .map((each) => gapOf(each, gap)),
        )
      const beyond = cells.flatMap(({ beyondMedian }) =>
        beyondMedian.filter((each) => each.objectThreshold === objectThreshold).map((each) => each[gap]),
      )
      return {
        gap,
        objectThreshold,
        network: tallyOf(gapsBy('network')),
        median: tallyOf(gapsBy('median')),
        beyondMedian: tallyOf(beyond),
      }
    }),
  )
  return { claim: CLAIM, verdicts, sentences: verdicts.map((verdict) => sentenceOf(verdict, cells.length)) }
}

function tallyOf(estimates: readonly Estimate[]): Tally {
  const count = (verdict: keyof Tally): number => estimates.filter((each) => verdictOf(each) === verdict).length
  return {
    above: count('above'),
    below: count('below'),
    undecided: count('undecided'),
    undefined: count('undefined'),
  }
}

function sentenceOf({ gap, objectThreshold, network, median, beyondMedian }: Verdict, cells: number): string {
  const how = `${gapTexts[gap]}${gap === 'f1' ? '' : ' (noise of the same sign and about the same size)'}`
  const found = `the network finds noise better beside the object in ${network.above} of ${cells} cells, better on it in ${network.below}`
  const beyond = `the network’s gap is larger than the median’s in ${beyondMedian.above}, smaller in ${beyondMedian.below}`
  return `Object above ${objectThreshold}, ${how}: ${found}${rest(network)}. A 3x3 median, which has learned nothing, does so in ${median.above}; ${beyond}${rest(beyondMedian)} (95% bootstrap intervals over images).`
}

const rest = ({ undecided, undefined: none }: Tally): string =>
  [
    ...(undecided > 0 ? [`, not told apart in ${undecided}`] : []),
    ...(none > 0 ? [`, not defined in ${none}`] : []),
  ].join('')
