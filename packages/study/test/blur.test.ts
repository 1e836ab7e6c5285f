import { expect, test } from 'vitest'
import { blurAnswerOf, type Estimate, type StudyCell, tablesOf } from '../src/index.ts'
import { about, earlierJson, studyIn } from './cells.ts'

const [base] = studyIn(earlierJson).cells

/** A cell in whose core clean images lose this share of what noisy ones do; of the whole object nearly all. */
function cellOf(ratio: Estimate): StudyCell {
  const control = { noisy: about(0.3), clean: about(0.2), ratio, same: about(0.8) }
  const whole = { ...control, ratio: about(0.95, 0.01) }
  return {
    ...base!,
    cleanControl: base!.cleanControl
      .filter(({ objectThreshold }) => objectThreshold === 0.1)
      .map((each) => ({ ...each, parts: { core: control, edge: whole, background: whole, object: whole } })),
  }
}

test('what is removed is mostly blur where clean images lose more than half as much as noisy ones, by the interval', () => {
  const cells = [0.8, 0.55, 0.2]
    .map((ratio) => cellOf(about(ratio)))
    .concat(cellOf(about(0.8, 0.1, { values: 20, images: 15 })))
  const { verdicts, sentences } = blurAnswerOf(cells)!
  expect(verdicts).toEqual([
    { objectThreshold: 0.1, on: 'core', network: { above: 1, below: 1, undecided: 2, undefined: 0 } },
    { objectThreshold: 0.1, on: 'object', network: { above: 4, below: 0, undecided: 0, undefined: 0 } },
  ])
  expect(sentences[0]).toBe(
    'Object above 0.1, its core: clean images lose more than half as much as the noise-free values of noisy ones, so it is mostly blur, in 1 of 4 cells, less than half in 1, not told apart in 2 (20 to 80%). Of the values that are changed in noisy images 80% are changed in clean ones too.',
  )
  const table = tablesOf(cells).find(({ caption }) => caption.startsWith('Is it blur?'))
  expect(table?.rows.slice(1).map((row) => row[6])).toEqual([
    'mostly blur',
    'mostly blur',
    'not told apart',
    'mostly blur',
    'mostly not',
    'mostly blur',
    'not told apart',
    'mostly blur',
  ])
})
