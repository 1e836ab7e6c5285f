import { expect, test } from 'vitest'
import { answerOf, blurAnswerOf, simplerAnswerOf, tablesOf } from '../src/index.ts'
import { verdictOf } from '../src/verdict.ts'
import { earlierJson, studyIn } from './cells.ts'

const study = studyIn(earlierJson)

test('a study that version 0.1.0 wrote opens, with its answer and the tables of what it measured', () => {
  expect(study.createdBy).toBe('noisescope 0.1.0')
  expect(study.answer.sentences[0]).toContain('Object above 0.1, raw')
  expect(study.further).toEqual([])
  const captions = tablesOf(study.cells).map(({ caption }) => caption)
  expect(captions).toContain('Gap of F1, beside the object less the core of the object; object above 0.1')
  expect(captions.filter((caption) => /the whole object|Share of|Is it blur|simpler/.test(caption))).toEqual([])
  const rows = tablesOf(study.cells).flatMap((table) => table.rows.flat())
  expect(rows.filter((text) => /NaN|undefined|null|Infinity/.test(text))).toEqual([])
})

test('what it does not know is not concluded from it', () => {
  expect(simplerAnswerOf(study.cells)).toBe(undefined)
  expect(blurAnswerOf(study.cells)).toBe(undefined)
  const { verdicts, sentences } = answerOf(study.cells)
  expect(new Set(verdicts.map(({ on }) => on))).toEqual(new Set(['core']))
  expect(sentences.filter((sentence) => sentence.includes('%') && !sentence.includes('95%'))).toEqual([])
})

test('its gap like with like that rests on six pixels is not told apart', () => {
  const [cell] = study.cells
  const [separation] = cell!.separation.filter(({ objectThreshold }) => objectThreshold === 0.5)
  const { f1, compared } = separation!.scores.gap.bySignAndSize
  expect(compared).toBe(6)
  // By its interval alone it would be.
  expect(verdictOf(f1)).toBe('above')
  const table = tablesOf(study.cells).find(({ caption }) => /beside the object less the core.*above 0.5/.test(caption))
  expect(table?.rows[1]?.[5]).toBe('not told apart')
  expect(answerOf(study.cells).verdicts.at(-1)?.network).toMatchObject({ above: 1, undecided: 1 })
})
