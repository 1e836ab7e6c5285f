import { InputError } from '@noisescope/core'
import { base64, type Check, flag, list, number, orAbsent, orNull, parsed, record, sentence, text } from './checked.ts'

/** What a score rests on; `images` is null where only the values are known. */
export interface Basis {
  readonly values: number
  readonly images: number | null
}

/** A score, null where it is not defined, its interval, and what it rests on, which studies of earlier versions do not say. */
export interface Estimate {
  readonly value: number | null
  readonly interval: { readonly low: number; readonly high: number } | null
  readonly basis: Basis | null
}

/** What is not there. */
export const NO_ESTIMATE: Estimate = { value: null, interval: null, basis: null }

/** PSNR in dB (null: infinite) and SSIM, means over images. */
export interface Quality {
  readonly psnr: number | null
  readonly ssim: number
}

/** How corrupted pixels are found in a region. */
export interface Detection {
  readonly precision: Estimate
  readonly recall: Estimate
  readonly f1: Estimate
  readonly averagePrecision: Estimate
  readonly falseRemoval: Estimate
  readonly removalGain: Estimate
  /** Of the image's values, of its squared error, and the mean squared error; not there in studies of earlier versions. */
  readonly pixelShare: Estimate
  readonly errorShare: Estimate
  readonly meanSquaredError: Estimate
}

export const regions = ['core', 'edge', 'background'] as const
export type Region = (typeof regions)[number]
/** A region, or the whole object, of which studies of earlier versions say nothing. */
export type Part = Region | 'object'

/** How much better noise is found beside the object than on it. */
export interface Gap {
  readonly f1: Estimate
  readonly bySignAndSize: { readonly f1: Estimate; readonly f1AtEqualShare: Estimate; readonly compared: number }
}

/** A gap of the network less that of the median. */
export interface GapExcess {
  readonly f1: Estimate
  readonly bySignAndSize: Estimate
}

/** What is removed that is no noise, of noisy and of clean images; `same`: of the former, what is changed of clean ones too. */
export interface Control {
  readonly noisy: Estimate
  readonly clean: Estimate
  readonly ratio: Estimate
  readonly same: Estimate
}

/** Means over images. */
export interface QualityIntervals {
  readonly noisy: Estimate
  readonly median3x3: Estimate
  readonly denoised: Estimate
  /** Of the denoised image less the noisy one. */
  readonly gain: Estimate
}

/** How a denoiser tells noise from object, for one threshold of the object. */
export interface Separation {
  readonly denoiser: string
  readonly objectThreshold: number
  readonly scores: {
    readonly parts: Readonly<Record<Region, Detection>> & { readonly object: Detection | null }
    /** To the core of the object. */
    readonly gap: Gap
    /** To the whole object. */
    readonly objectGap: Gap | null
  }
}

/** One model on one data set with one noise. */
export interface StudyCell {
  readonly name: string
  readonly dataset: string
  readonly noise: { readonly kind: string; readonly text: string }
  readonly model: string
  /** `sha256` of the file; a study of an earlier version did not say it. */
  readonly weights: { readonly origin: string; readonly steps: number | null; readonly sha256: string | null }
  readonly images: number
  readonly explained: number
  readonly evaluation: {
    readonly noisy: Quality
    readonly median3x3: Quality
    readonly denoised: Quality
    readonly deadChannels: { readonly count: number; readonly of: number }
  }
  /** Not there in studies of earlier versions. */
  readonly quality: { readonly psnr: QualityIntervals; readonly ssim: QualityIntervals } | null
  readonly separation: readonly Separation[]
  /** Gaps of the network less those of the median filter on the same images; none in studies of earlier versions. */
  readonly beyondMedian: readonly ({
    readonly objectThreshold: number
    readonly objectGap: GapExcess | null
  } & GapExcess)[]
  readonly cleanControl: readonly {
    readonly objectThreshold: number
    readonly falseRemoval: { readonly core: Estimate; readonly background: Estimate }
    /** Not there in studies of earlier versions. */
    readonly parts: Readonly<Record<Part, Control>> | null
  }[]
  readonly attribution: readonly {
    readonly title: string
    readonly worstGap: number | null
    readonly massOnNoise: Readonly<Record<'image' | Part, Estimate>>
  }[]
  /** How good the explanations are: means over few images. */
  readonly judged: readonly Judged[]
}

/** Scores of an explanation, null where a measure cannot judge it. */
export const judgedScores = [
  'deletion',
  'insertion',
  'infidelity',
  'max-sensitivity',
  'randomised',
  'randomised |map|',
  'random |map|',
] as const
export interface Judged {
  readonly title: string
  readonly images: number
  readonly scores: Readonly<Record<(typeof judgedScores)[number], number | null>>
}

/** What is claimed, and what the study says of it. */
export interface Claim {
  readonly claim: string
  readonly sentences: readonly string[]
}

/** A study, as far as its tables and figures show what its file holds. */
export interface Study {
  readonly createdBy: string
  readonly quick: boolean
  readonly seed: number
  readonly adapter: string
  readonly answer: Claim
  /** What else was asked; nothing in studies of earlier versions. */
  readonly further: readonly Claim[]
  readonly cells: readonly StudyCell[]
}

/** Pictures of a cell, from the file that the study keeps of it. */
export interface CellPictures {
  readonly cell: string
  readonly pictures: readonly {
    readonly caption: string
    /** base64 */
    readonly png: string
    readonly width: number
    readonly height: number
  }[]
}

const estimate: Check<Estimate> = record({
  value: orNull(number),
  interval: orNull(record({ low: number, high: number })),
  basis: orAbsent(orNull(record({ values: number, images: orNull(number) })), null),
})
const later = orAbsent(estimate, NO_ESTIMATE)
const quality: Check<Quality> = record({ psnr: orNull(number), ssim: number })
const detection: Check<Detection> = record({
  precision: estimate,
  recall: estimate,
  f1: estimate,
  averagePrecision: estimate,
  falseRemoval: estimate,
  removalGain: estimate,
  pixelShare: later,
  errorShare: later,
  meanSquaredError: later,
})
const gap: Check<Gap> = record({
  f1: estimate,
  bySignAndSize: record({ f1: estimate, f1AtEqualShare: estimate, compared: number }),
})
const separation: Check<Separation> = record({
  denoiser: text,
  objectThreshold: number,
  scores: record({
    parts: record({
      core: detection,
      edge: detection,
      background: detection,
      object: orAbsent(orNull(detection), null),
    }),
    gap,
    objectGap: orAbsent(orNull(gap), null),
  }),
})
const excess = { f1: estimate, bySignAndSize: estimate }
const control: Check<Control> = record({ noisy: estimate, clean: estimate, ratio: estimate, same: estimate })
const intervals: Check<QualityIntervals> = record({
  noisy: estimate,
  median3x3: estimate,
  denoised: estimate,
  gain: estimate,
})
const score = orNull(number)
const judged: Check<Judged> = record({
  title: text,
  images: number,
  scores: record({
    deletion: score,
    insertion: score,
    infidelity: score,
    'max-sensitivity': score,
    randomised: score,
    'randomised |map|': orAbsent(score, null),
    'random |map|': orAbsent(score, null),
  }),
})
const cell: Check<StudyCell> = record({
  name: text,
  dataset: text,
  noise: record({ kind: text, text }),
  model: text,
  weights: record({ origin: text, steps: orNull(number), sha256: orAbsent(orNull(text), null) }),
  images: number,
  explained: number,
  evaluation: record({
    noisy: quality,
    median3x3: quality,
    denoised: quality,
    deadChannels: record({ count: number, of: number }),
  }),
  quality: orAbsent(orNull(record({ psnr: intervals, ssim: intervals })), null),
  separation: list(separation),
  beyondMedian: orAbsent(
    list(record({ objectThreshold: number, ...excess, objectGap: orAbsent(orNull(record(excess)), null) })),
    [],
  ),
  cleanControl: list(
    record({
      objectThreshold: number,
      falseRemoval: record({ core: estimate, background: estimate }),
      parts: orAbsent(orNull(record({ core: control, edge: control, background: control, object: control })), null),
    }),
  ),
  attribution: list(
    record({
      title: text,
      worstGap: orNull(number),
      massOnNoise: record({ image: estimate, core: estimate, edge: estimate, background: estimate, object: later }),
    }),
  ),
  judged: orAbsent(list(judged), []),
})
const claim: Check<Claim> = record({ claim: sentence, sentences: list(sentence) })
const study: Check<Study> = record({
  createdBy: text,
  quick: flag,
  seed: number,
  adapter: text,
  answer: claim,
  further: orAbsent(list(claim), []),
  cells: list(cell),
})
const keptCell: Check<{ result: { name: string }; figures: CellPictures['pictures'] }> = record({
  result: record({ name: text }),
  figures: list(record({ caption: text, png: base64, width: number, height: number })),
})

/**
 * Reads a study.json, or one of the cells beside it.
 * @param name of the file, for messages.
 * @throws InputError saying what in it is not as it should be.
 */
export function readStudyFile(json: string, name: string): Study | CellPictures {
  const value = parsed(json, name)
  if (typeof value === 'object' && value !== null && 'figures' in value) {
    const { result, figures } = keptCell(value, name)
    return { cell: result.name, pictures: figures }
  }
  const found = study(value, name)
  if (found.cells.length === 0)
    throw new InputError(`${name} is a study without cells; run noisescope study to its end`)
  return found
}
