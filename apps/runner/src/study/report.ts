import type { Estimate, GapExcess, SeparationGap } from '@noisescope/metrics'
import {
  type Answer,
  type BlurAnswer,
  type SimplerAnswer,
  type Estimate as StudyEstimate,
  tablesOf,
} from '@noisescope/study'
import type { CellResult } from './cell.ts'
import { escaped, figureHtml, pageHtml, tableHtml } from './html.ts'

/** A study: what its JSON file holds. */
export interface StudyResult {
  readonly createdBy: string
  readonly quick: boolean
  readonly seed: number
  readonly adapter: string
  readonly answer: Answer
  /** Whether simpler images are denoised better, where two data sets are studied, and whether what is removed is blur. */
  readonly further: readonly (SimplerAnswer | BlurAnswer)[]
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
  const { answer, further, cells, quick, seed, adapter, createdBy } = study
  const claims = [answer, ...further].map(
    ({ claim, sentences }) => `<p>The claim: <q>${escaped(claim)}</q></p>
<ul>${sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('\n')}</ul>`,
  )
  const intro = `${claims.join('\n')}
<p class="muted">The raw gap is confounded: on a black background dark noise cannot be seen, on a white object bright noise
cannot, so noise beside the object is of another kind than noise on it. The gap of like with like compares noise of the same
sign and about the same size only; where little is shared it rests on few pixels, which the last column says. F1 also falls
where noise is rare, which the gap at equal shares of noise takes out. A 3x3 median, which has
learned nothing, stands beside the network: what it shows too is not special to networks, so the network's gap is also given
less the median's. A low F1 on the object is noise left there, or object removed with it: recall and false removal say which,
and what the network does to clean images says how much of the latter is mere blur. On the object means in its core, which no
blur of its outline reaches, or on the whole of it: both are told, with their shares of the pixels and of the error.</p>`
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
|noisy - clean| is above 0.1, and removed where |noisy - denoised| is. Core: the object eroded by 3x3; edge: its dilation without
the core; background: what is left outside. The same numbers are in study.json and study.csv.</p>`
  return pageHtml(
    'Does the denoiser tell noise from object?',
    `${intro}\n<h2>Numbers</h2>\n${tables}\n<h2>Pictures</h2>\n${pictures}\n${colophon}`,
  )
}

/** Names of gaps, as regions and scores. */
const GAPS = { gap: 'background - core', objectGap: 'background - object' } as const
const BY_SIGN_AND_SIZE = 'f1 by sign and size'

/**
 * The scores of all cells as comma-separated values, a row for each cell, denoiser, threshold, region and score, with the values
 * and images that it rests on. Of what the network has beyond the median the denoiser is 'network - median'; of what it does for
 * one data set beyond another both are named, 'mnist - fashion-mnist'; what concerns the whole image has no threshold.
 */
export function studyCsv({ cells, further }: StudyResult): string {
  const line = (values: readonly (string | number | null)[]): string =>
    values
      .map((value) => (value === null ? '' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : value))
      .join(',')
  const scored = ({ value, interval, basis }: StudyEstimate): (number | null)[] => [
    value,
    interval?.low ?? null,
    interval?.high ?? null,
    basis?.values ?? null,
    basis?.images ?? null,
  ]
  const rows = cells.flatMap((cell) => {
    const rowsOf =
      (denoiser: string, objectThreshold: number | null) => (region: string, score: string, estimate: Estimate) =>
        line([cell.dataset, cell.noise.kind, cell.model, denoiser, objectThreshold, region, score, ...scored(estimate)])
    const quality = Object.entries(cell.quality).flatMap(([measure, means]) =>
      Object.entries(means).map(([name, estimate]) => rowsOf(name, null)('image', measure, estimate)),
    )
    const separation = cell.separation.flatMap(({ denoiser, objectThreshold, scores }) => {
      const row = rowsOf(denoiser, objectThreshold)
      const regions = (['image', 'core', 'edge', 'background', 'object'] as const).flatMap((region) => {
        const { precision, recall, f1, averagePrecision, falseRemoval, removalGain, ...rest } = scores.parts[region]
        const { pixelShare, errorShare, meanSquaredError } = rest
        const found = { precision, recall, f1, averagePrecision, falseRemoval, removalGain }
        return Object.entries({ ...found, pixelShare, errorShare, meanSquaredError }).map(([name, each]) =>
          row(region, name, each),
        )
      })
      const gapRows = (name: string, { f1, averagePrecision, bySignAndSize, bySize }: SeparationGap<Estimate>) => [
        row(name, 'f1', f1),
        row(name, 'averagePrecision', averagePrecision),
        row(name, BY_SIGN_AND_SIZE, bySignAndSize.f1),
        row(name, `${BY_SIGN_AND_SIZE} at equal share`, bySignAndSize.f1AtEqualShare),
        row(name, 'f1 by size', bySize.f1),
      ]
      return [...regions, ...gapRows(GAPS.gap, scores.gap), ...gapRows(GAPS.objectGap, scores.objectGap)]
    })
    const beyondMedian = cell.beyondMedian.flatMap(({ objectThreshold, objectGap, ...gap }) => {
      const row = rowsOf('network - median', objectThreshold)
      return (
        [
          [GAPS.gap, gap],
          [GAPS.objectGap, objectGap],
        ] as const satisfies readonly [string, GapExcess][]
      ).flatMap(([name, { f1, bySignAndSize }]) => [row(name, 'f1', f1), row(name, BY_SIGN_AND_SIZE, bySignAndSize)])
    })
    const control = cell.cleanControl.flatMap(({ objectThreshold, parts }) => {
      const row = rowsOf('network', objectThreshold)
      return Object.entries(parts).flatMap(([part, { clean, ratio, same }]) => [
        row(part, 'falseRemoval of clean images', clean),
        row(part, 'falseRemoval of clean images over that of noisy ones', ratio),
        row(part, 'share of falseRemoval that clean images have too', same),
      ])
    })
    return [...quality, ...separation, ...beyondMedian, ...control]
  })
  const comparisons = further.flatMap((answer) => ('comparisons' in answer ? answer.comparisons : []))
  const compared = comparisons.map(({ noise, model, simpler, other, measure, part, objectThreshold, difference }) =>
    line([`${simpler} - ${other}`, noise, model, 'network', objectThreshold, part, measure, ...scored(difference)]),
  )
  const heading = 'dataset,noise,model,denoiser,object_threshold,region,score,value,low,high,values,images'
  return `${[heading, ...rows, ...compared].join('\n')}\n`
}
