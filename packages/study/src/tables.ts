import { beyondMedianOf, gapOf, gaps, type On, onsOf, thresholdsOf } from './answer.ts'
import { blurTexts, blurVerdictOf } from './blur.ts'
import { type Comparison, comparedParts, comparisonsOf } from './simpler.ts'
import {
  type Control,
  type Detection,
  type Estimate,
  judgedScores,
  type Part,
  type Quality,
  regions,
  type Separation,
  type StudyCell,
} from './study-file.ts'
import { verdictOf } from './verdict.ts'

/** A table: its first row is the heading, its first column names rows. */
export interface Table {
  readonly caption: string
  /** What its columns mean, where they do not say it themselves. */
  readonly note?: string
  readonly rows: readonly (readonly string[])[]
  /** Holds more than an overview needs: many rows for each cell. */
  readonly detailed?: boolean
}

/** A score with its interval and what it rests on: 0.123 [0.101, 0.140] of 1,234; a dash where it is not defined. */
export function estimateText({ value, interval, basis }: Estimate, digits = 3): string {
  if (value === null) return '–'
  const range = interval === null ? '' : ` [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`
  const count = basis === null ? '' : ` of ${basis.values.toLocaleString('en')}`
  return `${value.toFixed(digits)}${range}${count}`
}

/** The same without what it rests on, which the table says otherwise. */
const intervalText = (estimate: Estimate, digits = 3): string => estimateText({ ...estimate, basis: null }, digits)

export const cellTitle = ({ dataset, noise, model }: StudyCell): string => `${dataset}, ${noise.kind}, ${model}`

/** All tables of a study; those of what a study of an earlier version did not measure are not there. */
export function tablesOf(cells: readonly StudyCell[]): Table[] {
  return [
    { caption: 'Quality on held-out images: PSNR in dB / SSIM, means over images', rows: qualityRows(cells) },
    ...simplerTables(cells),
    ...thresholdsOf(cells).flatMap((threshold) => tablesAt(cells, threshold)),
    {
      caption: 'Control: the network is given clean images; share of values that it changes by more than 0.1',
      rows: controlRows(cells),
    },
    ...whereFilled({
      caption: 'Is it blur? What is removed of the object although it is no noise, of noisy images and of clean ones',
      note: BLUR_NOTE,
      rows: blurRows(cells),
    }),
    {
      caption: 'Attribution mass on noise, for what is removed in the whole image',
      note: 'Share of |map| on noise over the share of noise; 1 is chance.',
      rows: attributionRows(cells),
    },
    ...whereFilled({
      caption: 'Are the explanations any good? Means over a few images',
      note: JUDGED_NOTE,
      rows: judgedRows(cells),
    }),
  ]
}

/** A table that has more than its heading. */
const whereFilled = (table: Table): Table[] => (table.rows.length > 1 ? [table] : [])

const onCaptions: Readonly<Record<On, string>> = { core: 'the core of the object', object: 'the whole object' }

/** The tables for one threshold of the object. */
function tablesAt(cells: readonly StudyCell[], threshold: number): Table[] {
  const object = `object above ${threshold}`
  return [
    {
      caption: `F1 of finding noise, by part of the image; ${object}`,
      note: PARTS_NOTE,
      rows: f1Rows(cells, threshold),
    },
    ...whereFilled({
      caption: `Share of the pixels and of the squared error, by part of the image; ${object}`,
      rows: shareRows(cells, threshold),
    }),
    ...onsOf(cells).flatMap((on) => [
      {
        caption: `Gap of F1, beside the object less ${onCaptions[on]}; ${object}`,
        rows: gapRows(cells, threshold, on),
      },
      ...whereFilled({
        caption: `What of that gap is the network's: its gap less that of the 3x3 median; ${onCaptions[on]}, ${object}`,
        rows: beyondMedianRows(cells, threshold, on),
      }),
    ]),
    {
      caption: `Noise left where it was, and what is no noise removed; ${object}`,
      note: MISTAKES_NOTE,
      rows: mistakeRows(cells, threshold),
    },
    {
      caption: `Finding corrupted pixels; ${object}`,
      rows: detectionRows(cells, threshold),
      detailed: true,
    },
  ]
}

const PARTS_NOTE =
  'Core: the object eroded by 3x3. Edge: its dilation without the core, so half of it lies beside the object. Whole object: all ' +
  'pixels above the threshold, which are the core and the inner half of the edge. Behind each interval stands on how many values ' +
  'it rests: those that are corrupted or removed.'

const BLUR_NOTE =
  'Of noisy images: share of the values without noise that are changed. Of clean images: share of all values. Ratio: the second ' +
  'over the first; above a half it is mostly blur. The same: of the values that are changed in noisy images, the share that is ' +
  'changed in clean ones too.'

const MISTAKES_NOTE =
  'Two ways of a low F1. Noise taken for the object: recall, the share of the corrupted pixels that were changed. The object ' +
  'taken for noise, or blurred: false removal, the share of the other pixels that were changed.'

const JUDGED_NOTE =
  'Deletion and insertion: area of the change of what is removed, while pixels become clean or noisy in the order of |map|, over ' +
  'that of random orders (1 is chance, more is better). Infidelity: squared miss of the map over that of a map of zeros (0 is ' +
  'best). Max-sensitivity: largest change of the map, of its length, for changes of the image within 0.02 (0 does not move). ' +
  "Randomised: rank correlation of the map of the network's own output with that of random parameters (0 has nothing left), " +
  'and of |map|; random |map|: that of two networks of random parameters, which is what any network draws of these images. A ' +
  'dash: the measure is not made for that map.'

const psnrText = (psnr: number | null): string => (psnr === null ? '∞' : psnr.toFixed(2))
const qualityText = ({ psnr, ssim }: Quality): string => `${psnrText(psnr)} / ${ssim.toFixed(3)}`

/** Of a file's checksum, enough to tell weights apart. */
const CHECKSUM_DIGITS = 8

function qualityRows(cells: readonly StudyCell[]): string[][] {
  return [
    ['', 'noisy', '3x3 median', 'network', 'dead channels', 'weights', 'images'],
    ...cells.map((cell) => {
      const { noisy, median3x3, denoised, deadChannels } = cell.evaluation
      const { origin, steps, sha256 } = cell.weights
      return [
        cellTitle(cell),
        qualityText(noisy),
        qualityText(median3x3),
        qualityText(denoised),
        `${deadChannels.count} of ${deadChannels.of}`,
        [
          sha256 === null ? origin : `${origin} (${sha256.slice(0, CHECKSUM_DIGITS)})`,
          ...(steps === null ? [] : [`${steps.toLocaleString('en')} steps`]),
        ].join(', '),
        String(cell.images),
      ]
    }),
  ]
}

const verdicts = { above: 'beside', below: 'on', undecided: 'not told apart', undefined: '–' } as const

const at = ({ separation }: StudyCell, threshold: number): readonly Separation[] =>
  separation.filter(({ objectThreshold }) => objectThreshold === threshold)

/** Parts of an image, and how columns call them. */
const partColumns = [
  ['background', 'beside'],
  ['edge', 'edge'],
  ['core', 'core'],
  ['object', 'whole object'],
] as const satisfies readonly (readonly [Part, string])[]

/** What a part has, and nothing where a study of an earlier version does not have the part. */
const partText = ({ scores }: Separation, part: Part, textOf: (detection: Detection) => string): string => {
  const found = scores.parts[part]
  return found === null ? '–' : textOf(found)
}

function f1Rows(cells: readonly StudyCell[], threshold: number): string[][] {
  return [
    ['', 'denoiser', ...partColumns.map(([, name]) => name)],
    ...cells.flatMap((cell) =>
      at(cell, threshold).map((each) => [
        cellTitle(cell),
        each.denoiser,
        ...partColumns.map(([part]) => partText(each, part, ({ f1 }) => estimateText(f1))),
      ]),
    ),
  ]
}

/** A share as a percentage, 19.1%. */
const percentText = ({ value }: Estimate): string => (value === null ? '–' : `${(100 * value).toFixed(1)}%`)

/** A share with its interval as percentages. */
const percentInterval = (share: Estimate): string =>
  share.interval === null
    ? percentText(share)
    : `${percentText(share)} [${(100 * share.interval.low).toFixed(1)}, ${(100 * share.interval.high).toFixed(1)}]`

function shareRows(cells: readonly StudyCell[], threshold: number): string[][] {
  const rows = cells.flatMap((cell) =>
    at(cell, threshold)
      .filter(({ scores }) => scores.parts.object !== null)
      .map((each) => [
        cellTitle(cell),
        each.denoiser,
        ...partColumns.map(([part]) => partText(each, part, ({ pixelShare }) => percentText(pixelShare))),
        ...partColumns.map(([part]) => partText(each, part, ({ errorShare }) => percentInterval(errorShare))),
        String(cell.images),
      ]),
  )
  const names = (what: string): string[] => partColumns.map(([, name]) => `${what}, ${name}`)
  return [['', 'denoiser', ...names('pixels'), ...names('error'), 'images'], ...rows]
}

function gapRows(cells: readonly StudyCell[], threshold: number, on: On): string[][] {
  return [
    [
      '',
      'denoiser',
      'raw gap',
      'found better',
      'like with like',
      'found better',
      'at equal shares of noise',
      'pixels compared',
    ],
    ...cells.flatMap((cell) =>
      at(cell, threshold).flatMap((each) => {
        const [raw, matched] = [gapOf(each, 'f1', on), gapOf(each, 'bySignAndSize', on)]
        const found = on === 'core' ? each.scores.gap : each.scores.objectGap
        if (raw === undefined || matched === undefined || found === null) return []
        const { f1AtEqualShare, compared } = found.bySignAndSize
        return [
          [
            cellTitle(cell),
            each.denoiser,
            estimateText(raw),
            verdicts[verdictOf(raw)],
            intervalText(matched),
            verdicts[verdictOf(matched)],
            intervalText(f1AtEqualShare),
            `${compared.toLocaleString('en')}${inImages(matched)}`,
          ],
        ]
      }),
    ),
  ]
}

/** " in 53 images". */
const inImages = ({ basis }: Estimate): string =>
  basis === null || basis.images === null ? '' : ` in ${basis.images.toLocaleString('en')} images`

const excesses = { above: 'larger', below: 'smaller', undecided: 'not told apart', undefined: '–' } as const

function beyondMedianRows(cells: readonly StudyCell[], threshold: number, on: On): string[][] {
  return [
    ['', 'raw', 'than the median’s', 'like with like', 'than the median’s'],
    ...cells.flatMap((cell) =>
      cell.beyondMedian
        .filter(({ objectThreshold }) => objectThreshold === threshold)
        .flatMap((each) => {
          const found = gaps.flatMap((gap) => beyondMedianOf(each, gap, on) ?? [])
          return found.length === 0
            ? []
            : [[cellTitle(cell), ...found.flatMap((excess) => [estimateText(excess), excesses[verdictOf(excess)]])]]
        }),
    ),
  ]
}

function mistakeRows(cells: readonly StudyCell[], threshold: number): string[][] {
  const names = (what: string): string[] => partColumns.map(([, name]) => `${what}, ${name}`)
  return [
    ['', 'denoiser', ...names('recall'), ...names('false removal')],
    ...cells.flatMap((cell) =>
      at(cell, threshold).map((each) => [
        cellTitle(cell),
        each.denoiser,
        ...partColumns.map(([part]) => partText(each, part, ({ recall }) => estimateText(recall))),
        ...partColumns.map(([part]) => partText(each, part, ({ falseRemoval }) => estimateText(falseRemoval))),
      ]),
    ),
  ]
}

function detectionRows(cells: readonly StudyCell[], threshold: number): string[][] {
  return [
    ['', 'denoiser', 'region', 'precision', 'recall', 'F1', 'average precision', 'false removal', 'removal gain'],
    ...cells.flatMap((cell) =>
      at(cell, threshold).flatMap(({ denoiser, scores }) =>
        ([...regions, 'object'] as const).flatMap((part) => {
          const found = scores.parts[part]
          if (found === null) return []
          const { precision, recall, f1, averagePrecision, falseRemoval, removalGain } = found
          const numbers = [precision, recall, f1, averagePrecision, falseRemoval, removalGain]
          const name = part === 'object' ? 'whole object' : part
          return [[cellTitle(cell), denoiser, name, ...numbers.map((each) => estimateText(each))]]
        }),
      ),
    ),
  ]
}

function controlRows(cells: readonly StudyCell[]): string[][] {
  return [
    ['', 'object above', 'beside', 'edge', 'core', 'whole object'],
    ...cells.flatMap((cell) =>
      cell.cleanControl.map(({ objectThreshold, falseRemoval, parts }) => [
        cellTitle(cell),
        String(objectThreshold),
        ...[falseRemoval.background, parts?.edge.clean, falseRemoval.core, parts?.object.clean].map((each) =>
          each === undefined ? '–' : estimateText(each),
        ),
      ]),
    ),
  ]
}

function blurRows(cells: readonly StudyCell[]): string[][] {
  const row = (cell: StudyCell, threshold: number, name: string, control: Control): string[] => [
    cellTitle(cell),
    String(threshold),
    name,
    estimateText(control.noisy),
    estimateText(control.clean),
    estimateText(control.ratio),
    blurTexts[blurVerdictOf(control)],
    estimateText(control.same),
  ]
  return [
    ['', 'object above', 'part', 'of noisy images', 'of clean images', 'ratio', 'it is', 'the same'],
    ...cells.flatMap((cell) =>
      cell.cleanControl.flatMap(({ objectThreshold, parts }) =>
        parts === null
          ? []
          : [row(cell, objectThreshold, 'core', parts.core), row(cell, objectThreshold, 'whole object', parts.object)],
      ),
    ),
  ]
}

/** What the network does for simpler images less what it does for others. */
function simplerTables(cells: readonly StudyCell[]): Table[] {
  const comparisons = comparisonsOf(cells)
  const pairs = [
    ...Map.groupBy(comparisons, ({ noise, model, other }) => JSON.stringify([noise, model, other])).values(),
  ]
  const [first] = comparisons
  if (first === undefined) return []
  const { simpler } = first
  const better = ({ difference, other }: Comparison): string =>
    ({ above: simpler, below: other, undecided: 'not told apart', undefined: '–' })[verdictOf(difference)]
  const tableOf = (
    caption: string,
    digits: number,
    columns: readonly Pick<Comparison, 'measure' | 'part' | 'objectThreshold'>[],
    names: readonly string[],
  ): Table => ({
    caption,
    note: SIMPLER_NOTE,
    rows: [
      ['', 'against', ...names.flatMap((name) => [name, 'better on'])],
      ...pairs.flatMap((pair) => {
        const [{ noise, model, other } = first] = pair
        const found = columns.map((column) =>
          pair.find(
            ({ measure, part, objectThreshold }) =>
              measure === column.measure && part === column.part && objectThreshold === column.objectThreshold,
          ),
        )
        return [
          [
            `${noise}, ${model}`,
            other,
            ...found.flatMap((each) =>
              each === undefined ? ['–', '–'] : [estimateText(each.difference, digits), better(each)],
            ),
          ],
        ]
      }),
    ],
  })
  const inParts = (measure: Comparison['measure'], objectThreshold: number) =>
    comparedParts.map((part) => ({ measure, part, objectThreshold }))
  const partNames = partColumns.map(([, name]) => name)
  const ofImage = (['psnr', 'gain', 'ssim'] as const).map((measure) => ({
    measure,
    part: 'image' as const,
    objectThreshold: null,
  }))
  return [
    tableOf(`Are simpler images denoised better? ${simpler} less the other; the whole image`, 3, ofImage, [
      'PSNR in dB',
      'gained PSNR in dB',
      'SSIM',
    ]),
    ...thresholdsOf(cells).flatMap((threshold) => [
      tableOf(
        `Are simpler images denoised better? PSNR in dB of the pixels of a part, ${simpler} less the other; object above ${threshold}`,
        2,
        inParts('psnr', threshold),
        partNames,
      ),
      tableOf(
        `Are simpler images denoised better? F1 of finding noise, ${simpler} less the other; object above ${threshold}`,
        3,
        inParts('f1', threshold),
        partNames,
      ),
    ]),
  ]
}

const SIMPLER_NOTE =
  'The same model and noise on both data sets; differences with 95% intervals of two samples, behind them how many images or ' +
  'values the smaller rests on.'

function attributionRows(cells: readonly StudyCell[]): string[][] {
  return [
    ['', 'method', 'image', 'beside', 'edge', 'core', 'whole object', 'worst gap'],
    ...cells.flatMap((cell) =>
      cell.attribution.map(({ title, massOnNoise, worstGap }) => [
        cellTitle(cell),
        title,
        ...(['image', 'background', 'edge', 'core', 'object'] as const).map((part) =>
          estimateText(massOnNoise[part], 2),
        ),
        worstGap === null ? '–' : worstGap.toExponential(1),
      ]),
    ),
  ]
}

function judgedRows(cells: readonly StudyCell[]): string[][] {
  return [
    ['', 'method', ...judgedScores, 'images'],
    ...cells.flatMap((cell) =>
      cell.judged.map(({ title, scores, images }) => [
        cellTitle(cell),
        title,
        ...judgedScores.map((name) => estimateText({ value: scores[name], interval: null, basis: null })),
        String(images),
      ]),
    ),
  ]
}
