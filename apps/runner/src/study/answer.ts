import type { Estimate } from '@noisescope/metrics'
import type { CellResult, SeparationResult } from './cell.ts'

/** The report's claim, cell by cell and in all. */
export interface Answer {
  readonly claim: string
  /** For each threshold of the object, in how many cells the gap is above, below, or not told from zero. */
  readonly verdicts: readonly Verdict[]
  readonly sentences: readonly string[]
}

/** How often a gap is what. */
export interface Verdict {
  readonly gap: GapName
  readonly objectThreshold: number
  readonly better: number
  readonly worse: number
  readonly undecided: number
  readonly undefined: number
}

/** The gaps that are judged, and what each is. */
export const GAPS = {
  f1: 'raw',
  bySignAndSize: 'like with like (noise of the same sign and about the same size)',
} as const
export type GapName = keyof typeof GAPS

const CLAIM = 'The network recognises noise beside the object but confuses noise on the object with the object.'

/** F1 in the background less F1 in the core of the object. */
export const gapOf = ({ scores }: SeparationResult, name: GapName): Estimate =>
  name === 'f1' ? scores.gap.f1 : scores.gap.bySignAndSize.f1

/** Where an interval lies: above zero, below, over it, or nowhere. */
export function verdictOf({ value, interval }: Estimate): 'better' | 'worse' | 'undecided' | 'undefined' {
  if (value === null || interval === null) return 'undefined'
  return interval.low > 0 ? 'better' : interval.high < 0 ? 'worse' : 'undecided'
}

/** What the cells say of the claim. */
export function answerOf(cells: readonly CellResult[]): Answer {
  const thresholds = [...new Set(cells.flatMap(({ separation }) => separation.map((each) => each.objectThreshold)))]
  const verdicts = thresholds.flatMap((objectThreshold) =>
    (Object.keys(GAPS) as GapName[]).map((gap): Verdict => {
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
  return `Object above ${objectThreshold}, ${GAPS[gap]}: ${parts.join(', ')} (95% bootstrap intervals over images).`
}
