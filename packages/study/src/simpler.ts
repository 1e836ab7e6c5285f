import { thresholdsOf } from './answer.ts'
import { type Claim, type Estimate, NO_ESTIMATE, type Part, type StudyCell } from './study-file.ts'
import { decibelsOf, differenceOf, restText, tallyOf } from './verdict.ts'

/** Whether simpler images are denoised better, for each noise and model. */
export interface SimplerAnswer extends Claim {
  readonly comparisons: readonly Comparison[]
}

/** What the network does for the simpler data set less what it does for another, with the same noise. */
export interface Comparison {
  readonly noise: string
  readonly model: string
  readonly simpler: string
  readonly other: string
  readonly measure: Measure
  /** 'image', or a part at a threshold of the object. */
  readonly part: 'image' | Part
  readonly objectThreshold: number | null
  readonly difference: Estimate
}

/** PSNR and what the network gains of it over the noisy image, both in dB; SSIM; F1 of finding noise. */
export type Measure = 'psnr' | 'gain' | 'ssim' | 'f1'
const measureTexts: Readonly<Record<Measure, string>> = {
  psnr: 'PSNR',
  gain: 'PSNR gained over the noisy image',
  ssim: 'SSIM',
  f1: 'F1 of finding noise',
}
export const partTexts: Readonly<Record<'image' | Part, string>> = {
  image: 'the whole image',
  background: 'beside the object',
  edge: 'at its edge',
  core: 'in its core',
  object: 'on the whole object',
}

/** The data set whose images are simpler: digits of a stroke or two, beside clothes with texture. */
const SIMPLER = 'mnist'
export const comparedParts = ['background', 'edge', 'core', 'object'] as const

/** What the cells say of it; nothing without the simpler data set and another with the same noise, measured by this version. */
export function simplerAnswerOf(cells: readonly StudyCell[]): SimplerAnswer | undefined {
  const comparisons = comparisonsOf(cells)
  if (comparisons.length === 0) return undefined
  const groups: [
    where: string,
    objectThreshold: number | null,
    parts: readonly (readonly ['image' | Part, Measure])[],
  ][] = [
    [
      'The whole image',
      null,
      [
        ['image', 'psnr'],
        ['image', 'gain'],
        ['image', 'ssim'],
      ],
    ],
    ...thresholdsOf(cells).flatMap((threshold) =>
      (['psnr', 'f1'] as const).map((measure): (typeof groups)[number] => [
        `Object above ${threshold}, ${measureTexts[measure]}`,
        threshold,
        comparedParts.map((part) => [part, measure] as const),
      ]),
    ),
  ]
  return {
    claim: 'Simpler images (MNIST) are denoised better.',
    comparisons,
    sentences: [
      ...groups.flatMap(([where, objectThreshold, parts]) => {
        const texts = parts.flatMap(([part, measure]) => {
          const own = ofGroup(comparisons, { part, measure, objectThreshold })
          const name = part === 'image' ? measureTexts[measure] : partTexts[part]
          return own.length === 0 ? [] : [`${name} ${tallyText(own)}`]
        })
        const others = [...new Set(comparisons.map(({ other }) => other))].join(' or ')
        return texts.length === 0 ? [] : [`${where}, higher on ${SIMPLER} / on ${others}: ${texts.join('; ')}.`]
      }),
      ...conclusion(comparisons, thresholdsOf(cells)[0]),
    ],
  }
}

const ofGroup = (
  comparisons: readonly Comparison[],
  { part, measure, objectThreshold }: Pick<Comparison, 'part' | 'measure' | 'objectThreshold'>,
): Comparison[] =>
  comparisons.filter(
    (each) => each.part === part && each.measure === measure && each.objectThreshold === objectThreshold,
  )

/** "3 / 0 of 4, not told apart in 1". */
function tallyText(own: readonly Comparison[]): string {
  const tally = tallyOf(own.map(({ difference }) => difference))
  return `${tally.above} / ${tally.below} of ${own.length}${restText(tally)}`
}

/** What comes of it for whole images and for the object, by PSNR. */
function conclusion(comparisons: readonly Comparison[], threshold: number | undefined): string[] {
  if (threshold === undefined) return []
  const [image, object] = (
    [
      ['image', null],
      ['object', threshold],
    ] as const
  ).map(([part, objectThreshold]) => ofGroup(comparisons, { part, measure: 'psnr', objectThreshold }))
  if (image === undefined || object === undefined) return []
  const [ofImage, ofObject] = [image, object].map((own) => tallyOf(own.map(({ difference }) => difference)))
  if (ofImage === undefined || ofObject === undefined) return []
  return [
    `So by PSNR it holds of whole images in ${ofImage.above} of ${image.length}, and of the pixels of the object (above ${threshold}) in ${ofObject.above} of ${object.length}, where the opposite does in ${ofObject.below}.`,
  ]
}

/** Everything that is compared. */
export function comparisonsOf(cells: readonly StudyCell[]): Comparison[] {
  const simpler = cells.filter(({ dataset, quality }) => dataset === SIMPLER && quality !== null)
  return simpler.flatMap((a) =>
    cells
      .filter(
        ({ dataset, noise, model, quality }) =>
          dataset !== SIMPLER && noise.text === a.noise.text && model === a.model && quality !== null,
      )
      .flatMap((b) => comparisonsOfPair(a, b)),
  )
}

function comparisonsOfPair(a: StudyCell, b: StudyCell): Comparison[] {
  const common = { noise: a.noise.kind, model: a.model, simpler: a.dataset, other: b.dataset }
  const between = (
    measure: Measure,
    part: Comparison['part'],
    objectThreshold: number | null,
    estimateIn: (cell: StudyCell) => Estimate,
  ): Comparison => ({
    ...common,
    measure,
    part,
    objectThreshold,
    difference: differenceOf(estimateIn(a), estimateIn(b)),
  })
  const partIn = (cell: StudyCell, part: Part, threshold: number) =>
    cell.separation.find(({ denoiser, objectThreshold }) => denoiser === 'network' && objectThreshold === threshold)
      ?.scores.parts[part]
  return [
    between('psnr', 'image', null, ({ quality }) => quality?.psnr.denoised ?? NO_ESTIMATE),
    between('gain', 'image', null, ({ quality }) => quality?.psnr.gain ?? NO_ESTIMATE),
    between('ssim', 'image', null, ({ quality }) => quality?.ssim.denoised ?? NO_ESTIMATE),
    ...thresholdsOf([a]).flatMap((threshold) =>
      comparedParts.flatMap((part) => [
        between('psnr', part, threshold, (cell) =>
          decibelsOf(partIn(cell, part, threshold)?.meanSquaredError ?? NO_ESTIMATE),
        ),
        between('f1', part, threshold, (cell) => partIn(cell, part, threshold)?.f1 ?? NO_ESTIMATE),
      ]),
    ),
  ]
}
