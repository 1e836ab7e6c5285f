import { type On, ons, onTexts, percentRange, thresholdsOf } from './answer.ts'
import type { Claim, Control, StudyCell } from './study-file.ts'
import { restText, shifted, type Tally, tallyOf, verdictOf } from './verdict.ts'

/** Whether what is removed of the object, although it is no noise, is removed without any noise too. */
export interface BlurAnswer extends Claim {
  readonly verdicts: readonly BlurVerdict[]
}

/** In how many cells clean images lose more than half as much as noisy ones (above), or less (below). */
export interface BlurVerdict {
  readonly objectThreshold: number
  readonly on: On
  readonly network: Tally
}

/** More than this share of what noisy images lose, clean ones lose too: then it is mostly blur. */
const MOSTLY = 0.5

export const blurTexts: Readonly<Record<keyof Tally, string>> = {
  above: 'mostly blur',
  below: 'mostly not',
  undecided: 'not told apart',
  undefined: '–',
}

/** Whether what is changed of clean images is more than half of what is changed of noisy ones. */
export const blurVerdictOf = ({ ratio }: Control): keyof Tally => verdictOf(shifted(ratio, MOSTLY))

/** What the cells say of it; nothing for studies of earlier versions. */
export function blurAnswerOf(cells: readonly StudyCell[]): BlurAnswer | undefined {
  const verdicts: BlurVerdict[] = []
  const sentences: string[] = []
  for (const objectThreshold of thresholdsOf(cells)) {
    for (const on of ons) {
      const own = cells.flatMap(
        ({ cleanControl }) => cleanControl.find((each) => each.objectThreshold === objectThreshold)?.parts?.[on] ?? [],
      )
      if (own.length === 0) continue
      const network = tallyOf(own.map(({ ratio }) => shifted(ratio, MOSTLY)))
      verdicts.push({ objectThreshold, on, network })
      sentences.push(sentenceOf({ objectThreshold, on, network }, own))
    }
  }
  if (verdicts.length === 0) return undefined
  return {
    claim: 'What the network removes of the object itself is mostly blur, not taken for noise.',
    verdicts,
    sentences,
  }
}

function sentenceOf({ objectThreshold, on, network }: BlurVerdict, own: readonly Control[]): string {
  const ratios = own.flatMap(({ ratio }) => ratio.value ?? [])
  const same = own.flatMap(({ same: { value } }) => value ?? [])
  const found = `clean images lose more than half as much as the noise-free values of noisy ones, so it is mostly blur, in ${network.above} of ${own.length} cells, less than half in ${network.below}${restText(network)}`
  const range = ratios.length === 0 ? '' : ` (${percentRange(ratios)})`
  const both =
    same.length === 0
      ? ''
      : ` Of the values that are changed in noisy images ${percentRange(same)} are changed in clean ones too.`
  return `Object above ${objectThreshold}, ${onTexts[on]}: ${found}${range}.${both}`
}
