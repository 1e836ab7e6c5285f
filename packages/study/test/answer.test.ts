import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { answerOf, type Estimate, readStudyFile, type StudyCell, tablesOf } from '../src/index.ts'
import { about, none } from './cells.ts'

const example = JSON.parse(
  gunzipSync(await readFile(new URL('../../../apps/studio/examples/study.json.gz', import.meta.url))).toString(),
)
/** The first cell of a study file. */
function firstCell(study: object): StudyCell {
  const read = readStudyFile(JSON.stringify(study), 'study.json')
  return 'cells' in read ? read.cells[0]! : expect.fail('no study')
}
const first = firstCell(example)

/** Raw and like with like. */
type Gaps = readonly [Estimate, Estimate]

/** A cell of one threshold, whose gaps to the core are these, and to the whole object these less 0.3. */
const cell = (network: Gaps, median: Gaps, beyond: Gaps): StudyCell => {
  const [separation] = first.separation
  const less = ({ value, basis }: Estimate): Estimate => (value === null ? none : about(value - 0.3, 0.1, basis))
  const gapOf = ([f1, matched]: Gaps) => ({
    f1,
    bySignAndSize: { ...separation!.scores.gap.bySignAndSize, f1: matched },
  })
  const excessOf = ([f1, bySignAndSize]: Gaps) => ({ f1, bySignAndSize })
  const withGap = (denoiser: string, gaps: Gaps) => ({
    denoiser,
    objectThreshold: 0.1,
    scores: {
      ...separation!.scores,
      gap: gapOf(gaps),
      objectGap: gapOf([less(gaps[0]), less(gaps[1])]),
    },
  })
  return {
    ...first,
    separation: [withGap('network', network), withGap('median', median)],
    beyondMedian: [
      { objectThreshold: 0.1, ...excessOf(beyond), objectGap: excessOf([less(beyond[0]), less(beyond[1])]) },
    ],
  }
}

test('the answer counts what the intervals of the gaps say, of the network, of the median, and of one beyond the other', () => {
  const { verdicts, sentences } = answerOf([
    cell([about(0.5), about(0.05)], [about(0.4), about(-0.3)], [about(0.11), about(0.35)]),
    cell([about(0.2), none], [about(0.05), none], [about(0), none]),
  ])
  const nothing = { above: 0, below: 0, undecided: 0, undefined: 0 }
  const common = { on: 'core', objectThreshold: 0.1 }
  expect(verdicts.slice(0, 2)).toEqual([
    {
      ...common,
      gap: 'f1',
      network: { ...nothing, above: 2 },
      median: { ...nothing, above: 1, undecided: 1 },
      beyondMedian: { ...nothing, above: 1, undecided: 1 },
    },
    {
      ...common,
      gap: 'bySignAndSize',
      network: { ...nothing, undecided: 1, undefined: 1 },
      median: { ...nothing, below: 1, undefined: 1 },
      beyondMedian: { ...nothing, above: 1, undefined: 1 },
    },
  ])
  expect(verdicts[2]).toMatchObject({
    on: 'object',
    gap: 'f1',
    network: { ...nothing, above: 1, undecided: 1 },
    beyondMedian: { ...nothing, below: 2 },
  })
  expect(sentences[0]).toContain('Object above 0.1, its core, raw: the network finds noise better beside the object')
  expect(sentences[0]).toContain('in 2 of 2 cells, better in its core in 0.')
  expect(sentences[0]).toContain(
    'A 3x3 median, which has learned nothing, does so in 1; the network’s gap is larger than the median’s in 1, smaller in 0, not told apart in 1.',
  )
  expect(sentences[1]).toContain('better in its core in 0, not told apart in 1, not defined in 1.')
  expect(sentences[2]).toContain(
    'the whole object, raw: the network finds noise better beside the object in 1 of 2 cells',
  )
})

test('a gap that rests on few values or few images is not told apart, whatever its interval, and its table says on how many', () => {
  const few = { values: 6, images: 5 }
  const cells = [
    cell([about(0.5), about(0.5, 0.1, few)], [about(0.5), about(0.5)], [about(0.5), about(0.5, 0.1, few)]),
    cell([about(0.5), about(0.5, 0.1, { values: 600, images: 9 })], [about(0.5), about(0.5)], [about(0.5), about(0.5)]),
  ]
  const { verdicts, sentences } = answerOf(cells)
  expect(verdicts[1]?.network).toMatchObject({ above: 0, undecided: 2 })
  expect(verdicts[1]?.beyondMedian).toMatchObject({ above: 1, undecided: 1 })
  expect(sentences.at(-1)).toContain('what rests on fewer than 30 values or 10 images is not told apart')
  const table = tablesOf(cells).find(({ caption }) => caption.startsWith('Gap of F1, beside the object less the core'))
  expect(table?.rows[1]?.slice(2, 6)).toEqual([
    '0.500 [0.400, 0.600] of 900',
    'beside',
    '0.500 [0.400, 0.600]',
    'not told apart',
  ])
  expect(table?.rows[1]?.at(-1)).toContain('in 5 images')
})

test('the tables hold the gap beyond the median, and what was missed and what taken for noise in each part', () => {
  const tables = tablesOf([cell([about(0.5), about(0.05)], [about(0.4), about(-0.3)], [about(0.11), about(-0.35)])])
  const rowOf = (caption: RegExp) => tables.find((table) => caption.test(table.caption))?.rows[1]
  expect(rowOf(/less that of the 3x3 median; the core/)?.slice(1)).toEqual([
    '0.110 [0.010, 0.210] of 900',
    'larger',
    '-0.350 [-0.450, -0.250] of 900',
    'smaller',
  ])
  const { background, edge, core } = first.separation[0]!.scores.parts
  const [, , ...recalls] = rowOf(/Noise left where it was/)!
  expect(recalls.slice(0, 3)).toEqual(
    [background, edge, core].map(({ recall }) => expect.stringContaining(recall.value!.toFixed(3))),
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
