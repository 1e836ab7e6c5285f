import type { Estimate, Separation, StudyCell } from './study-file.ts'

/** The report's claim, cell by cell and in all. */
export interface Answer {
  readonly claim: string
  /** For each threshold of the object, in how many cells the gap is above, below, or not told from zero. */
  readonly verdicts: readonly Verdict[]
  readonly sentences: readonly string[]
}

/** How often a gap is what. */
export interface Verdict {
  readonly gap: Gap
  readonly objectThreshold: number
  readonly better: number
  readonly worse: number
  readonly undecided: number
  readonly undefined: number
}

/** The two gaps: as it is, or comparing noise of the same sign and about the same size. */
export const gaps = ['f1', 'bySignAndSize'] as const
export type Gap = (typeof gaps)[number]
export const gapTexts: Readonly<Record<Gap, string>> = { f1: 'raw', bySignAndSize: 'like with like' }

const CLAIM = 'The network recognises noise beside the object but confuses noise on the object with the object.'

/** F1 in the background less F1 in the core of the object. */
export const gapOf = ({ scores }: Separation, gap: Gap): Estimate =>
  gap === 'f1' ? scores.gap.f1 : scores.gap.bySignAndSize.f1

/** Where an interval lies: above zero, below, over it, or nowhere. */
export function verdictOf({ value, interval }: Estimate): 'better' | 'worse' | 'undecided' | 'undefined' {
  if (value === null || interval === null) return 'undefined'
  return interval.low > 0 ? 'better' : interval.high < 0 ? 'worse' : 'undecided'
}

/** The thresholds above which a pixel counts as object, in the cells' order. */
export const thresholdsOf = (cells: readonly StudyCell[]): number[] => [
  ...new Set(cells.flatMap(({ separation }) => separation.map((each) => each.objectThreshold))),
]

/** What the cells say of the claim. */
export function answerOf(cells: readonly StudyCell[]): Answer {
  const verdicts = thresholdsOf(cells).flatMap((objectThreshold) =>
    gaps.map((gap): Verdict => {
      const found = cells.flatMap(({ separation }) =>
        separation
          .filter((each) => each.denoiser === 'network' && each.objectThreshold === objectThreshold)
          .map((each) => verdictOf(gapOf(each, gap))),
      )
      const count = (verdict: ReturnType<typeof verdictOf>): number => found.filter((each) => each === verdict).length
      return {
        gap,
        objectThreshold,
        better: count('better'),
        worse: count('worse'),
        undecided: count('undecided'),
        undefined: count('undefined'),
      }
    }),
  )
  return { claim: CLAIM, verdicts, sentences: verdicts.map((verdict) => sentenceOf(verdict, cells.length)) }
}

function sentenceOf({ gap, objectThreshold, better, worse, undecided, ...rest }: Verdict, cells: number): string {
  const parts = [
    `noise is found better beside the object in ${better} of ${cells} cells`,
    `better on it in ${worse}`,
    `not told apart in ${undecided}`,
    ...(rest.undefined > 0 ? [`not defined in ${rest.undefined}`] : []),
  ]
  return `Object above ${objectThreshold}, ${gapTexts[gap]}${gap === 'f1' ? '' : ' (noise of the same sign and about the same size)'}: ${parts.join(', ')} (95% bootstrap intervals over images).`
}
