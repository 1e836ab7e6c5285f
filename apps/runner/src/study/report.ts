import type { Estimate } from '@noisescope/metrics'
import { type Answer, gapOf, verdictOf } from './answer.ts'
import { JUDGED_SCORES } from './attribution.ts'
import type { CellResult, SeparationResult } from './cell.ts'
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

/** A score with its interval: 0.123 [0.101, 0.140]; a dash where it is not defined. */
export function estimateText({ value, interval }: Estimate, digits = 3): string {
  if (value === null) return '–'
  const range = interval === null ? '' : ` [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`
  return `${value.toFixed(digits)}${range}`
}

const VERDICTS = { better: 'beside', worse: 'on', undecided: 'undecided', undefined: '–' } as const

const JUDGED_EXPLANATION =
  'Deletion and insertion: area of the change of what is removed, while pixels become clean or noisy in the order of |map|, over ' +
  'that of random orders (1 is chance, more is better). Infidelity: squared miss of the map over that of a map of zeros (0 is ' +
  'best). Max-sensitivity: largest change of the map, of its length, for changes of the image within 0.02 (0 does not move). ' +
  "Randomised: rank correlation of the map of the network's own output with that of random parameters (0 has nothing left). A " +
  'dash: the measure is not made for that map, or not taken of it.'

/** The study as one self-contained page. */
export function studyHtml(study: StudyResult, figures: readonly CellFigure[]): string {
  const { answer, cells, quick, seed, adapter, createdBy } = study
  const thresholds = [...new Set(cells.flatMap(({ separation }) => separation.map((each) => each.objectThreshold)))]
  const intro = `<p>The claim: <q>${escaped(answer.claim)}</q></p>
<ul>${answer.sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('\n')}</ul>
<p class="muted">The raw gap is confounded: on a black background dark noise cannot be seen, on a white object bright noise
cannot, so noise beside the object is of another kind than noise on it. The gap of like with like compares noise of the same
sign and about the same size only; where little is shared it rests on few pixels, which the last column says. F1 also falls
where noise is rare, which the gap at equal shares of noise takes out. A 3x3 median stands beside the network: what it shows too is not special to networks.</p>`
  const tables = [
    tableHtml('Quality on held-out images: PSNR in dB / SSIM, means over images', qualityRows(cells)),
    ...thresholds.flatMap((threshold) => [
      tableHtml(`Gap of F1, beside the object less on it; object above ${threshold}`, gapRows(cells, threshold)),
      tableHtml(`Finding corrupted pixels; object above ${threshold}`, detectionRows(cells, threshold)),
    ]),
    tableHtml(
      'Control: the network is given clean images; share of values that it changes by more than 0.1',
      controlRows(cells),
    ),
    tableHtml(
      'Attribution mass on noise, for what is removed in the whole image',
      attributionRows(cells),
      'Share of |map| on noise over the share of noise; 1 is chance.',
    ),
    ...(cells.some(({ judged }) => judged.length > 0)
      ? [tableHtml('Are the explanations any good? Means over a few images', judgedRows(cells), JUDGED_EXPLANATION)]
      : []),
  ].join('\n')
  const pictures = cells
    .map(({ name, dataset, noise, model }) => {
      const own = figures.filter(({ cell }) => cell === name)
      return `<h3>${escaped(`${dataset}, ${noise.text}, ${model}`)}</h3>\n${own.map((each) => figureHtml(each.png, each.caption, each)).join('\n')}`
    })
    .join('\n')
  const colophon = `<p class="muted">Made by ${escaped(createdBy)}${quick ? ' as a quick study' : ''}, seed ${seed}, on ${escaped(adapter)}. A pixel is corrupted where
|noisy - clean| is above 0.1, and removed where |noisy - denoised| is. Core: the object eroded by 3x3; background: what is
left outside of its dilation. The same numbers are in study.json and study.csv.</p>`
  return pageHtml(
    'Does the denoiser tell noise from object?',
    `${intro}\n<h2>Numbers</h2>\n${tables}\n<h2>Pictures</h2>\n${pictures}\n${colophon}`,
  )
}

const heading = ({ dataset, noise, model }: CellResult): string => `${dataset}, ${noise.kind}, ${model}`

function qualityRows(cells: readonly CellResult[]): string[][] {
  const quality = ({ psnr, ssim }: { psnr: number; ssim: number }): string => `${psnr.toFixed(2)} / ${ssim.toFixed(3)}`
  return [
    ['', 'noisy', '3x3 median', 'network', 'dead channels', 'weights', 'images'],
    ...cells.map((cell) => {
      const { noisy, median3x3, denoised, deadChannels } = cell.evaluation
      const { origin, steps } = cell.weights
      return [
        heading(cell),
        quality(noisy),
        quality(median3x3),
        quality(denoised),
        `${deadChannels.count} of ${deadChannels.of}`,
        steps === null ? origin : `${origin}, ${steps.toLocaleString('en')} steps`,
        String(cell.images),
      ]
    }),
  ]
}

const of = (cell: CellResult, threshold: number): readonly SeparationResult[] =>
  cell.separation.filter(({ objectThreshold }) => objectThreshold === threshold)

function gapRows(cells: readonly CellResult[], threshold: number): string[][] {
  return [
    [
      '',
      'denoiser',
      'raw',
      'found better',
      'like with like',
      'found better',
      'at equal shares of noise',
      'pixels compared',
    ],
    ...cells.flatMap((cell) =>
      of(cell, threshold).map((each) => {
        const [raw, matched] = [gapOf(each, 'f1'), gapOf(each, 'bySignAndSize')]
        const { f1AtEqualShare, compared } = each.scores.gap.bySignAndSize
        return [
          heading(cell),
          each.denoiser,
          estimateText(raw),
          VERDICTS[verdictOf(raw)],
          estimateText(matched),
          VERDICTS[verdictOf(matched)],
          estimateText(f1AtEqualShare),
          compared.toLocaleString('en'),
        ]
      }),
    ),
  ]
}

function detectionRows(cells: readonly CellResult[], threshold: number): string[][] {
  return [
    ['', 'denoiser', 'region', 'precision', 'recall', 'F1', 'average precision', 'false removal', 'removal gain'],
    ...cells.flatMap((cell) =>
      of(cell, threshold).flatMap(({ denoiser, scores }) =>
        (['core', 'edge', 'background'] as const).map((region) => {
          const { precision, recall, f1, averagePrecision, falseRemoval, removalGain } = scores.parts[region]
          const numbers = [precision, recall, f1, averagePrecision, falseRemoval, removalGain]
          return [heading(cell), denoiser, region, ...numbers.map((each) => estimateText(each))]
        }),
      ),
    ),
  ]
}

function controlRows(cells: readonly CellResult[]): string[][] {
  return [
    ['', 'object above', 'in the core', 'in the background'],
    ...cells.flatMap((cell) =>
      cell.cleanControl.map(({ objectThreshold, falseRemoval }) => [
        heading(cell),
        String(objectThreshold),
        estimateText(falseRemoval.core),
        estimateText(falseRemoval.background),
      ]),
    ),
  ]
}

function attributionRows(cells: readonly CellResult[]): string[][] {
  return [
    ['', 'method', 'image', 'core', 'edge', 'background', 'worst gap', 'images'],
    ...cells.flatMap((cell) =>
      cell.attribution.map(({ title, massOnNoise, worstGap }) => [
        heading(cell),
        title,
        ...(['image', 'core', 'edge', 'background'] as const).map((part) => estimateText(massOnNoise[part], 2)),
        worstGap === null ? '–' : worstGap.toExponential(1),
        String(cell.explained),
      ]),
    ),
  ]
}

function judgedRows(cells: readonly CellResult[]): string[][] {
  return [
    ['', 'method', ...JUDGED_SCORES, 'images'],
    ...cells.flatMap((cell) =>
      cell.judged.map(({ title, scores, images }) => [
        heading(cell),
        title,
        ...JUDGED_SCORES.map((name) => estimateText({ value: scores[name], interval: null })),
        String(images),
      ]),
    ),
  ]
}

/** The separation scores of all cells as comma-separated values, a row for each cell, denoiser, threshold, region and score. */
export function studyCsv({ cells }: StudyResult): string {
  const line = (values: readonly (string | number | null)[]): string =>
    values
      .map((value) => (value === null ? '' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : value))
      .join(',')
  const rows = cells.flatMap((cell) =>
    cell.separation.flatMap(({ denoiser, objectThreshold, scores }) => {
      const row = (region: string, score: string, { value, interval }: Estimate) =>
        line([
          cell.dataset,
          cell.noise.kind,
          cell.model,
          denoiser,
          objectThreshold,
          region,
          score,
          value,
          interval?.low ?? null,
          interval?.high ?? null,
        ])
      const regions = (['image', 'core', 'edge', 'background'] as const).flatMap((region) => {
        const { precision, recall, f1, averagePrecision, falseRemoval, removalGain } = scores.parts[region]
        return Object.entries({ precision, recall, f1, averagePrecision, falseRemoval, removalGain }).map(
          ([name, each]) => row(region, name, each),
        )
      })
      const gaps = [
        row('background - core', 'f1', scores.gap.f1),
        row('background - core', 'averagePrecision', scores.gap.averagePrecision),
        row('background - core', 'f1 by sign and size', scores.gap.bySignAndSize.f1),
        row('background - core', 'f1 by sign and size at equal share', scores.gap.bySignAndSize.f1AtEqualShare),
        row('background - core', 'f1 by size', scores.gap.bySize.f1),
      ]
      return [...regions, ...gaps]
    }),
  )
  const heading = 'dataset,noise,model,denoiser,object_threshold,region,score,value,low,high'
  return `${[heading, ...rows].join('\n')}\n`
}
