import type { Estimate } from '@noisescope/metrics'
import { type Answer, tablesOf } from '@noisescope/study'
import type { CellResult } from './cell.ts'
import { escaped, figureHtml, pageHtml, tableHtml } from './html.ts'

/** A study: what its JSON file holds. */
export interface StudyResult {
  readonly createdBy: string
  readonly quick: boolean
  readonly seed: number
  readonly adapter: string
  readonly answer: Answer
  readonly cells: readonly CellResult[]
}

/** A picture of a cell. */
export interface CellFigure {
  readonly cell: string
  readonly caption: string
  readonly png: Uint8Array
  readonly width: number
  readonly height: number
}

/** The study as one self-contained page. */
export function studyHtml(study: StudyResult, figures: readonly CellFigure[]): string {
  const { answer, cells, quick, seed, adapter, createdBy } = study
  const intro = `<p>The claim: <q>${escaped(answer.claim)}</q></p>
<ul>${answer.sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('\n')}</ul>
<p class="muted">The raw gap is confounded: on a black background dark noise cannot be seen, on a white object bright noise
cannot, so noise beside the object is of another kind than noise on it. The gap of like with like compares noise of the same
sign and about the same size only; where little is shared it rests on few pixels, which the last column says. F1 also falls
where noise is rare, which the gap at equal shares of noise takes out. A 3x3 median, which has
learned nothing, stands beside the network: what it shows too is not special to networks, so the network's gap is also given
less the median's. A low F1 on the object is noise left there, or object removed with it: recall and false removal say which,
and what the network does to clean images says how much of the latter is mere blur.</p>`
  const tables = tablesOf(cells)
    .map(({ caption, rows, note }) => tableHtml(caption, rows, note))
    .join('\n')
  const pictures = cells
    .map(({ name, dataset, noise, model }) => {
      const own = figures.filter(({ cell }) => cell === name)
      return `<h3>${escaped(`${dataset}, ${noise.text}, ${model}`)}</h3>\n${own.map((each) => figureHtml(each.png, each.caption, each)).join('\n')}`
    })
    .join('\n')
  const colophon = `<p class="muted">Made by ${escaped(createdBy)}${quick ? ' as a quick study' : ''}, seed ${escaped(seed)}, on ${escaped(adapter)}. A pixel is corrupted where
|noisy - clean| is above 0.1, and removed where |noisy - denoised| is. Core: the object eroded by 3x3; background: what is
left outside of its dilation. The same numbers are in study.json and study.csv.</p>`
  return pageHtml(
    'Does the denoiser tell noise from object?',
    `${intro}\n<h2>Numbers</h2>\n${tables}\n<h2>Pictures</h2>\n${pictures}\n${colophon}`,
  )
}

/** Names of gaps, as regions and scores. */
const GAP = 'background - core'
const BY_SIGN_AND_SIZE = 'f1 by sign and size'

/**
 * The separation scores of all cells as comma-separated values, a row for each cell, denoiser, threshold, region and score; of
 * what the network has beyond the median the denoiser is 'network - median'.
 */
export function studyCsv({ cells }: StudyResult): string {
  const line = (values: readonly (string | number | null)[]): string =>
    values
      .map((value) => (value === null ? '' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : value))
      .join(',')
  const rows = cells.flatMap((cell) => {
    const rowsOf = (denoiser: string, objectThreshold: number) => (region: string, score: string, estimate: Estimate) =>
      line([
        cell.dataset,
        cell.noise.kind,
        cell.model,
        denoiser,
        objectThreshold,
        region,
        score,
        estimate.value,
        estimate.interval?.low ?? null,
        estimate.interval?.high ?? null,
      ])
    const separation = cell.separation.flatMap(({ denoiser, objectThreshold, scores }) => {
      const row = rowsOf(denoiser, objectThreshold)
      const regions = (['image', 'core', 'edge', 'background'] as const).flatMap((region) => {
        const { precision, recall, f1, averagePrecision, falseRemoval, removalGain } = scores.parts[region]
        return Object.entries({ precision, recall, f1, averagePrecision, falseRemoval, removalGain }).map(
          ([name, each]) => row(region, name, each),
        )
      })
      const gaps = [
        row(GAP, 'f1', scores.gap.f1),
        row(GAP, 'averagePrecision', scores.gap.averagePrecision),
        row(GAP, BY_SIGN_AND_SIZE, scores.gap.bySignAndSize.f1),
        row(GAP, `${BY_SIGN_AND_SIZE} at equal share`, scores.gap.bySignAndSize.f1AtEqualShare),
        row(GAP, 'f1 by size', scores.gap.bySize.f1),
      ]
      return [...regions, ...gaps]
    })
    const beyondMedian = cell.beyondMedian.flatMap(({ objectThreshold, f1, bySignAndSize }) => {
      const row = rowsOf('network - median', objectThreshold)
      return [row(GAP, 'f1', f1), row(GAP, BY_SIGN_AND_SIZE, bySignAndSize)]
    })
    return [...separation, ...beyondMedian]
  })
  const heading = 'dataset,noise,model,denoiser,object_threshold,region,score,value,low,high'
  return `${[heading, ...rows].join('\n')}\n`
}
