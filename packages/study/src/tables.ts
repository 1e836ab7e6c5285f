import { gapOf, gaps, thresholdsOf, verdictOf } from './answer.ts'
import { type Estimate, judgedScores, type Quality, regions, type Separation, type StudyCell } from './study-file.ts'

/** A table: its first row is the heading, its first column names rows. */
export interface Table {
  readonly caption: string
  /** What its columns mean, where they do not say it themselves. */
  readonly note?: string
  readonly rows: readonly (readonly string[])[]
  /** Holds more than an overview needs: many rows for each cell. */
  readonly detailed?: boolean
}

/** A score with its interval: 0.123 [0.101, 0.140]; a dash where it is not defined. */
export function estimateText({ value, interval }: Estimate, digits = 3): string {
  if (value === null) return '–'
  const range = interval === null ? '' : ` [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`
  return `${value.toFixed(digits)}${range}`
}

export const cellTitle = ({ dataset, noise, model }: StudyCell): string => `${dataset}, ${noise.kind}, ${model}`

/** All tables of a study. */
export function tablesOf(cells: readonly StudyCell[]): Table[] {
  return [
    { caption: 'Quality on held-out images: PSNR in dB / SSIM, means over images', rows: qualityRows(cells) },
    ...thresholdsOf(cells).flatMap((threshold) => [
      {
        caption: `Gap of F1, beside the object less on it; object above ${threshold}`,
        rows: gapRows(cells, threshold),
      },
      ...(cells.some(({ beyondMedian }) => beyondMedian.length > 0)
        ? [
            {
              caption: `What of that gap is the network's: its gap less that of the 3x3 median; object above ${threshold}`,
              rows: beyondMedianRows(cells, threshold),
            },
          ]
        : []),
      {
        caption: `Noise left where it was, and what is no noise removed; object above ${threshold}`,
        note: MISTAKES_NOTE,
        rows: mistakeRows(cells, threshold),
      },
      {
        caption: `Finding corrupted pixels; object above ${threshold}`,
        rows: detectionRows(cells, threshold),
        detailed: true,
      },
    ]),
    {
      caption: 'Control: the network is given clean images; share of values that it changes by more than 0.1',
      rows: controlRows(cells),
    },
    {
      caption: 'Attribution mass on noise, for what is removed in the whole image',
      note: 'Share of |map| on noise over the share of noise; 1 is chance.',
      rows: attributionRows(cells),
    },
    ...(cells.some(({ judged }) => judged.length > 0)
      ? [
          {
            caption: 'Are the explanations any good? Means over a few images',
            note: JUDGED_NOTE,
            rows: judgedRows(cells),
          },
        ]
      : []),
  ]
}

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

const verdicts = { above: 'beside', below: 'on', undecided: 'undecided', undefined: '–' } as const

const at = ({ separation }: StudyCell, threshold: number): readonly Separation[] =>
  separation.filter(({ objectThreshold }) => objectThreshold === threshold)

function gapRows(cells: readonly StudyCell[], threshold: number): string[][] {
  return [
    [
      '',
      'denoiser',
      'F1 beside',
      'F1 on',
      'raw gap',
      'found better',
      'like with like',
      'found better',
      'at equal shares of noise',
      'pixels compared',
    ],
    ...cells.flatMap((cell) =>
      at(cell, threshold).map((each) => {
        const [raw, matched] = [gapOf(each, 'f1'), gapOf(each, 'bySignAndSize')]
        const { f1AtEqualShare, compared } = each.scores.gap.bySignAndSize
        const { background, core } = each.scores.parts
        return [
          cellTitle(cell),
          each.denoiser,
          estimateText(background.f1),
          estimateText(core.f1),
          estimateText(raw),
          verdicts[verdictOf(raw)],
          estimateText(matched),
          verdicts[verdictOf(matched)],
          estimateText(f1AtEqualShare),
          compared.toLocaleString('en'),
        ]
      }),
    ),
  ]
}

const excesses = { above: 'larger', below: 'smaller', undecided: 'undecided', undefined: '–' } as const

function beyondMedianRows(cells: readonly StudyCell[], threshold: number): string[][] {
  return [
    ['', 'raw', 'than the median’s', 'like with like', 'than the median’s'],
    ...cells.flatMap((cell) =>
      cell.beyondMedian
        .filter(({ objectThreshold }) => objectThreshold === threshold)
        .map((each) => [
          cellTitle(cell),
          ...gaps.flatMap((gap) => [estimateText(each[gap]), excesses[verdictOf(each[gap])]]),
        ]),
    ),
  ]
}

function mistakeRows(cells: readonly StudyCell[], threshold: number): string[][] {
  return [
    ['', 'denoiser', 'recall beside', 'recall on', 'false removal beside', 'false removal on'],
    ...cells.flatMap((cell) =>
      at(cell, threshold).map(({ denoiser, scores: { parts } }) => [
        cellTitle(cell),
        denoiser,
        ...[parts.background.recall, parts.core.recall, parts.background.falseRemoval, parts.core.falseRemoval].map(
          (each) => estimateText(each),
        ),
      ]),
    ),
  ]
}

function detectionRows(cells: readonly StudyCell[], threshold: number): string[][] {
  return [
    ['', 'denoiser', 'region', 'precision', 'recall', 'F1', 'average precision', 'false removal', 'removal gain'],
    ...cells.flatMap((cell) =>
      at(cell, threshold).flatMap(({ denoiser, scores }) =>
        regions.map((region) => {
          const { precision, recall, f1, averagePrecision, falseRemoval, removalGain } = scores.parts[region]
          const numbers = [precision, recall, f1, averagePrecision, falseRemoval, removalGain]
          return [cellTitle(cell), denoiser, region, ...numbers.map((each) => estimateText(each))]
        }),
      ),
    ),
  ]
}

function controlRows(cells: readonly StudyCell[]): string[][] {
  return [
    ['', 'object above', 'in the core', 'in the background'],
    ...cells.flatMap((cell) =>
      cell.cleanControl.map(({ objectThreshold, falseRemoval }) => [
        cellTitle(cell),
        String(objectThreshold),
        estimateText(falseRemoval.core),
        estimateText(falseRemoval.background),
      ]),
    ),
  ]
}

function attributionRows(cells: readonly StudyCell[]): string[][] {
  return [
    ['', 'method', 'image', 'core', 'edge', 'background', 'worst gap', 'images'],
    ...cells.flatMap((cell) =>
      cell.attribution.map(({ title, massOnNoise, worstGap }) => [
        cellTitle(cell),
        title,
        ...(['image', ...regions] as const).map((part) => estimateText(massOnNoise[part], 2)),
        worstGap === null ? '–' : worstGap.toExponential(1),
        String(cell.explained),
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
        ...judgedScores.map((name) => estimateText({ value: scores[name], interval: null })),
        String(images),
      ]),
    ),
  ]
}
