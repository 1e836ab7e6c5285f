import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { answerOf, type Estimate, readStudyFile, type StudyCell, tablesOf } from '../src/index.ts'

const example = JSON.parse(
  gunzipSync(await readFile(new URL('../../../apps/studio/examples/study.json.gz', import.meta.url))).toString(),
)
/** The first cell of a study file. */
function firstCell(study: object): StudyCell {
  const read = readStudyFile(JSON.stringify(study), 'study.json')
  return 'cells' in read ? read.cells[0]! : expect.fail('no study')
}
const first = firstCell(example)

const about = (value: number): Estimate => ({ value, interval: { low: value - 0.1, high: value + 0.1 } })
const none: Estimate = { value: null, interval: null }

/** A cell of one threshold, whose gaps are these, raw and like with like. */
const cell = (network: readonly Estimate[], median: readonly Estimate[], beyond: readonly Estimate[]): StudyCell => {
  const [separation] = first.separation
  const withGap = (denoiser: string, [f1 = none, matched = none]: readonly Estimate[]) => ({
    denoiser,
    objectThreshold: 0.1,
    scores: {
      ...separation!.scores,
      gap: { f1, bySignAndSize: { ...separation!.scores.gap.bySignAndSize, f1: matched } },
    },
  })
  return {
    ...first,
    separation: [withGap('network', network), withGap('median', median)],
    beyondMedian: [{ objectThreshold: 0.1, f1: beyond[0]!, bySignAndSize: beyond[1]! }],
  }
}

test('the answer counts what the intervals of the gaps say, of the network, of the median, and of one beyond the other', () => {
  const { verdicts, sentences } = answerOf([
    cell([about(0.5), about(0.05)], [about(0.4), about(-0.3)], [about(0.11), about(0.35)]),
    cell([about(0.2), none], [about(0.05), none], [about(0), none]),
  ])
  const nothing = { above: 0, below: 0, undecided: 0, undefined: 0 }
  expect(verdicts).toEqual([
    {
      gap: 'f1',
      objectThreshold: 0.1,
      network: { ...nothing, above: 2 },
      median: { ...nothing, above: 1, undecided: 1 },
      beyondMedian: { ...nothing, above: 1, undecided: 1 },
    },
    {
      gap: 'bySignAndSize',
      objectThreshold: 0.1,
      network: { ...nothing, undecided: 1, undefined: 1 },
      median: { ...nothing, below: 1, undefined: 1 },
      beyondMedian: { ...nothing, above: 1, undefined: 1 },
    },
  ])
  expect(sentences[0]).toContain('finds noise better beside the object in 2 of 2 cells, better on it in 0.')
  expect(sentences[0]).toContain(
    'A 3x3 median, which has learned nothing, does so in 1; the network’s gap is larger than the median’s in 1, smaller in 0, not told apart in 1',
  )
  expect(sentences[1]).toContain('better on it in 0, not told apart in 1, not defined in 1.')
})

test('the tables hold the gap beyond the median, and what was missed and what taken for noise', () => {
  const tables = tablesOf([cell([about(0.5), about(0.05)], [about(0.4), about(-0.3)], [about(0.11), about(-0.35)])])
  const rowOf = (caption: RegExp) => tables.find((table) => caption.test(table.caption))?.rows[1]
  expect(rowOf(/less that of the 3x3 median/)?.slice(1)).toEqual([
    '0.110 [0.010, 0.210]',
    'larger',
    '-0.350 [-0.450, -0.250]',
    'smaller',
  ])
  const { background, core } = first.separation[0]!.scores.parts
  const [, , beside, on] = rowOf(/Noise left where it was/)!
  expect([beside, on]).toEqual(
    [background, core].map(({ recall }) => expect.stringContaining(recall.value!.toFixed(3))),
  )
})

test('a study of an earlier version, which compares no gaps with the median, still has its other tables', () => {
  const cells = example.cells.map(({ beyondMedian: _, ...cell }: StudyCell) => cell)
  const earlier = firstCell({ ...example, cells })
  expect(first.beyondMedian.length).toBeGreaterThan(0)
  expect(earlier.beyondMedian).toEqual([])
  const captions = tablesOf([earlier]).map(({ caption }) => caption)
  expect(captions.some((caption) => caption.includes('less that of the 3x3 median'))).toBe(false)
  expect(captions[0]).toMatch(/^Quality/)
})
