import type { Claim, Estimate, GapExcess, Gap as GapScores, Part, Separation, StudyCell } from './study-file.ts'
import { ENOUGH_TEXT, restText, type Tally, tallyOf } from './verdict.ts'

/** The report's claim, cell by cell and in all. */
export interface Answer extends Claim {
  /** For each threshold of the object and part of it, in how many cells each gap is what. */
  readonly verdicts: readonly Verdict[]
}

/** How often a gap is what. */
export interface Verdict {
  readonly gap: Gap
  readonly on: On
  readonly objectThreshold: number
  readonly network: Tally
  /** Of the 3x3 median, which has learned nothing. */
  readonly median: Tally
  /** Of the network's gap less the median's. */
  readonly beyondMedian: Tally
}

/** The two gaps: as it is, or comparing noise of the same sign and about the same size. */
export const gaps = ['f1', 'bySignAndSize'] as const
export type Gap = (typeof gaps)[number]
export const gapTexts: Readonly<Record<Gap, string>> = { f1: 'raw', bySignAndSize: 'like with like' }

/** What of the object noise is on: its core, which blur of the outline does not reach, or all of it. */
export const ons = ['core', 'object'] as const
export type On = (typeof ons)[number]
export const onTexts: Readonly<Record<On, string>> = { core: 'its core', object: 'the whole object' }

const CLAIM = 'The network recognises noise beside the object but confuses noise on the object with the object.'

/** F1 in the background less F1 on the object; undefined where a study of an earlier version does not have it. */
export function gapOf({ scores }: Separation, gap: Gap, on: On): Estimate | undefined {
  const found: GapScores | null = on === 'core' ? scores.gap : scores.objectGap
  if (found === null) return undefined
  if (gap === 'f1') return found.f1
  const { f1, compared } = found.bySignAndSize
  return { ...f1, basis: f1.basis ?? { values: compared, images: null } }
}

/** What the network's gap has beyond the median's; undefined where a study of an earlier version does not have it. */
export function beyondMedianOf(excess: StudyCell['beyondMedian'][number], gap: Gap, on: On): Estimate | undefined {
  const found: GapExcess | null = on === 'core' ? excess : excess.objectGap
  return found === null ? undefined : found[gap]
}

/** The thresholds above which a pixel counts as object, in the cells' order. */
export const thresholdsOf = (cells: readonly StudyCell[]): number[] => [
  ...new Set(cells.flatMap(({ separation }) => separation.map((each) => each.objectThreshold))),
]

/** Of the object, what the cells have scores of: its core, and since they are there the whole object. */
export const onsOf = (cells: readonly StudyCell[]): On[] =>
  ons.filter((on) => cells.some(({ separation }) => separation.some((each) => gapOf(each, 'f1', on) !== undefined)))

/** What the cells say of the claim. */
export function answerOf(cells: readonly StudyCell[]): Answer {
  const verdicts = thresholdsOf(cells).flatMap((objectThreshold) =>
    onsOf(cells).flatMap((on) =>
      gaps.map((gap): Verdict => {
        const gapsBy = (denoiser: string): Estimate[] =>
          cells.flatMap(({ separation }) =>
            separation
              .filter((each) => each.denoiser === denoiser && each.objectThreshold === objectThreshold)
              .flatMap((each) => gapOf(each, gap, on) ?? []),
          )
        const beyond = cells.flatMap(({ beyondMedian }) =>
          beyondMedian
            .filter((each) => each.objectThreshold === objectThreshold)
            .flatMap((each) => beyondMedianOf(each, gap, on) ?? []),
        )
        return {
          gap,
          on,
          objectThreshold,
          network: tallyOf(gapsBy('network')),
          median: tallyOf(gapsBy('median')),
          beyondMedian: tallyOf(beyond),
        }
      }),
    ),
  )
  return {
    claim: CLAIM,
    verdicts,
    sentences: [
      ...verdicts.map((verdict) => sentenceOf(verdict, cells.length)),
      ...thresholdsOf(cells).flatMap((threshold) => sharesSentence(cells, threshold)),
      `Intervals are of 95%, by the bootstrap over images; what rests on ${ENOUGH_TEXT} is not told apart, whatever its interval.`,
    ],
  }
}

function sentenceOf({ gap, on, objectThreshold, network, median, beyondMedian }: Verdict, cells: number): string {
  const how = `${gapTexts[gap]}${gap === 'f1' ? '' : ' (noise of the same sign and about the same size)'}`
  const where = on === 'core' ? 'in its core' : 'on the whole of it'
  const found = `the network finds noise better beside the object in ${network.above} of ${cells} cells, better ${where} in ${network.below}`
  const beyond = `the network’s gap is larger than the median’s in ${beyondMedian.above}, smaller in ${beyondMedian.below}`
  return `Object above ${objectThreshold}, ${onTexts[on]}, ${how}: ${found}${restText(network)}. A 3x3 median, which has learned nothing, does so in ${median.above}; ${beyond}${restText(beyondMedian)}.`
}

/** How much of the object, and of what the network gets wrong, is its core: nothing for studies of earlier versions. */
function sharesSentence(cells: readonly StudyCell[], objectThreshold: number): string[] {
  const texts = [...Map.groupBy(cells, ({ dataset }) => dataset)].flatMap(([dataset, own]) => {
    const networks = own.flatMap(({ separation }) =>
      separation.filter((each) => each.denoiser === 'network' && each.objectThreshold === objectThreshold),
    )
    const shares = (part: Part, share: 'pixelShare' | 'errorShare'): number[] =>
      networks.flatMap(({ scores }) => scores.parts[part]?.[share].value ?? [])
    const [core, whole] = [shares('core', 'pixelShare'), shares('object', 'pixelShare')]
    if (core.length === 0 || core.length !== whole.length) return []
    const ofObject = core.map((value, i) => value / (whole[i] ?? Number.NaN))
    const error = (part: Part): string => percentRange(shares(part, 'errorShare'))
    return [
      `on ${dataset} the core is ${percentRange(ofObject)} of the object’s pixels and has ${error('core')} of the image’s squared error, the edge, half of which lies beside the object, ${error('edge')}, the whole object ${error('object')}`,
    ]
  })
  return texts.length === 0 ? [] : [`Object above ${objectThreshold}: ${texts.join('; ')}.`]
}

/** Shares as "26%" or "6 to 7%". */
export function percentRange(shares: readonly number[]): string {
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => (100 * share).toFixed(0))
  return least === most ? `${least}%` : `${least} to ${most}%`
}
