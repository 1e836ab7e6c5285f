import type { Explanation, Judgement } from '@noisescope/explain'
import type { TraceScore } from '@noisescope/explain/trace'
import { table } from './output.ts'

/** An explanation for programs. */
export const summaryOf = ({ method, title, options, completeness, values = {}, maps }: Explanation) => ({
  method,
  title,
  options,
  completeness: completeness ?? null,
  values,
  maps: maps.map(({ name, shape, signed, units, range, status }) => ({ name, shape, signed, units, range, status })),
})

/** A line for each method: how complete it is, its numbers, and what its maps are good for. */
export function explanationLines(explanations: readonly Explanation[]): string[] {
  const rows = explanations.map(({ title, completeness, values = {}, maps }) => {
    const unusable = maps.filter(({ status }) => status !== 'ok')
    const flawed =
      unusable.length === 0
        ? 'all maps ok'
        : `${unusable.length} of ${maps.length} maps not ok (${[...new Set(unusable.map(({ status }) => status))].join(', ')})`
    const few = Object.entries(values)
      .slice(0, 4)
      .map(([name, value]) => `${name} ${shortNumber(value)}`)
    return [
      title,
      completeness === undefined ? '-' : `gap ${shortNumber(completeness.gap)}`,
      flawed,
      few.length === 0 ? '-' : few.join(', '),
    ]
  })
  return table([['method', 'completeness', 'maps', 'values'], ...rows])
}

/** Beginnings of the names of the scores that a line has room for. */
const HEADLINES = ['PSNR', 'SSIM', 'F1', 'attribution']

/** The main scores of an image in one line. */
export const scoresLine = (scores: readonly TraceScore[]): string =>
  scores
    .filter(({ name }) => HEADLINES.some((headline) => name.startsWith(headline)))
    .map(({ name, value, units }) => `${name} ${shortNumber(value)}${units === undefined ? '' : ` ${units}`}`)
    .join(', ')

/** What measures say: a row for each explanation, a column for each score, and why some could not be judged. */
export function judgementLines(judgements: readonly Judgement[]): string[] {
  const columns = [...new Set(judgements.flatMap(({ scores }) => scores.map(({ name }) => name)))]
  const rows = [...Map.groupBy(judgements, ({ title, map }) => `${title}\n${map}`)].map(([, own]) => {
    const scores = own.flatMap((each) => each.scores)
    const [{ title, map } = { title: '', map: '' }] = own
    return [
      title,
      map,
      ...columns.map((column) => {
        const score = scores.find(({ name }) => name === column)
        return score === undefined ? '-' : shortNumber(score.value)
      }),
    ]
  })
  const notes = judgements.flatMap(({ title, refused }) => (refused === undefined ? [] : [`${title}: ${refused}`]))
  return [...table([['explanation', 'map', ...columns], ...rows]), ...notes]
}

/** The scores of judgements as a trace holds them: named after what they judge. */
export const judgementScores = (judgements: readonly Judgement[]): TraceScore[] =>
  judgements.flatMap(({ title, map, scores }) =>
    scores.map((score) => ({ ...score, name: `${score.name}, ${title}${map === 'input' ? '' : ` (${map})`}` })),
  )

/** A number with four digits. */
export const shortNumber = (value: number | null | undefined): string =>
  value === undefined || value === null ? '-' : String(Number(value.toPrecision(4)))
