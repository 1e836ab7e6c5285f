import {
  attributionMass,
  type DetectionScores,
  imageQuality,
  type PartScores,
  type SeparationGap,
  type SeparationScores,
  separationRecord,
  separationScores,
} from '@noisescope/metrics'
import { pixelValues } from './evaluation/map-values.ts'
import type { Explanation } from './explainer.ts'
import { INPUT } from './trace/format.ts'
import type { TraceScore } from './trace/types.ts'
import type { Size } from './traced-model.ts'

/** An image before its noise, with it, and after the denoiser: [c, h, w] on the 0..1 scale. */
export interface ScoredImage extends Size {
  readonly channels: number
  readonly clean: Float32Array
  readonly noisy: Float32Array
  readonly denoised: Float32Array
}

export interface ImageScoresOptions {
  /**
   * The image shows a bright object on black, so noise on it and beside it are told apart; true if not given. Photographs have no
   * such background.
   */
  readonly object?: boolean | undefined
}

/** A change of less than this on the 0..1 scale is neither noise nor removal: about what an eye sees on a screen. */
const TAU = 0.1
/** A pixel of a clean image above this is object. */
const OBJECT_THRESHOLD = 0.1

/**
 * How well one image was denoised, and which of its values were taken for noise, as a trace holds scores: PSNR and SSIM of the
 * denoised image clipped to 0..1, then precision, recall, F1, average precision, false removal and removal gain in the whole
 * image, and F1, false removal and removal gain beside the object, in its core and on the whole of it with the gaps of F1. null where a score is not defined,
 * which its note then says. One image is no more than an example: `separation` of @noisescope/metrics has intervals over many.
 * @throws InputError when the images do not have their sizes, or a clean or noisy value is not finite.
 */
export function imageScores(image: ScoredImage, { object = true }: ImageScoresOptions = {}): TraceScore[] {
  if (image.denoised.some((value) => !Number.isFinite(value))) {
    return [{ name: 'PSNR', value: null, units: 'dB', note: 'the denoised image holds NaN or infinity' }]
  }
  const scores = separationScores(separationRecord(image, { tau: TAU, objectThreshold: OBJECT_THRESHOLD }))
  const whole = scores.parts.image
  return [
    ...qualityScores(image),
    ...detection(whole, '', ['f1', 'precision', 'recall', 'averagePrecision', 'falseRemoval', 'removalGain']),
    ...(object ? objectScores(scores) : []),
  ]
}

function objectScores({ parts, gap, objectGap }: SeparationScores): TraceScore[] {
  const scores = ['f1', 'falseRemoval', 'removalGain'] as const
  return [
    ...detection(parts.background, ' beside the object', scores),
    ...detection(parts.core, ' in the object’s core', scores),
    ...detection(parts.object, ' on the whole object', scores),
    ...gapScores('in the object’s core', gap),
    ...gapScores('on the whole object', objectGap),
  ]
}

function gapScores(where: string, { f1, bySignAndSize }: SeparationGap): TraceScore[] {
  return [
    {
      name: `F1 beside less ${where}`,
      value: f1,
      note: `raw; object: above ${OBJECT_THRESHOLD} in the clean image; core: without its outermost pixels`,
    },
    {
      name: `F1 beside less ${where}, like with like`,
      value: bySignAndSize.f1,
      note: `over noise of the same sign and about the same size, which ${bySignAndSize.compared} noisy values have`,
    },
  ]
}

const NAMES: Readonly<Record<keyof DetectionScores | 'averagePrecision', string>> = {
  f1: 'F1',
  precision: 'precision',
  recall: 'recall',
  averagePrecision: 'average precision',
  falseRemoval: 'false removal',
  removalGain: 'removal gain',
}

const detection = (part: PartScores, where: string, which: readonly (keyof typeof NAMES)[]): TraceScore[] =>
  which.map((key) => ({
    name: `${NAMES[key]}${where}`,
    value: part[key],
    note: `${part.corrupted} of ${part.corrupted + part.clean} values have noise above ${TAU}`,
  }))

function qualityScores({ clean, noisy, denoised, ...size }: ScoredImage): TraceScore[] {
  const of = (output: Float32Array) => imageQuality(output, clean, { ...size, clip: true })
  const [before, after] = [of(noisy), of(denoised)]
  const [psnr, similarity] = [after.psnr.mean, after.ssim.mean]
  const decibels = (value: number): string =>
    Number.isFinite(value) ? `${value.toFixed(2)} dB` : 'equals the clean one'
  return [
    {
      name: 'PSNR',
      value: Number.isFinite(psnr) ? psnr : null,
      units: 'dB',
      note: `noisy image: ${decibels(before.psnr.mean)}${Number.isFinite(psnr) ? '' : '; the denoised one equals the clean one'}`,
    },
    { name: 'SSIM', value: similarity, note: `noisy image: ${before.ssim.mean.toFixed(4)}` },
  ]
}

/**
 * How much more of each explanation's map of the input lies on noise than chance would put there; none for explanations without
 * such a map.
 */
export function attributionScores(
  { clean, noisy, width, height, channels }: Omit<ScoredImage, 'denoised'>,
  explanations: readonly Explanation[],
): TraceScore[] {
  return explanations.flatMap(({ title, maps }) => {
    const map = maps.find(({ name, shape }) => name === INPUT && shape.at(-1) === width && shape.at(-2) === height)
    if (map === undefined || map.status === 'not-finite') return []
    const size = { width, height, channels }
    const values = pixelValues(map, size, { magnitudes: true, what: 'attribution on noise' })
    const { image } = attributionMass({ map: values, clean, noisy, ...size }, { tau: TAU })
    return [
      {
        name: `attribution on noise, ${title}`,
        value: image,
        note: 'share of |map| on noisy pixels over their share of the pixels: 1 is chance',
      },
    ]
  })
}
