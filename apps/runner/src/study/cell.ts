import { basename } from 'node:path'
import { medianFilter } from '@noisescope/classical'
import { type Device, InputError } from '@noisescope/core'
import type { Explanation } from '@noisescope/explain'
import type { Image } from '@noisescope/images'
import { createImage } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import {
  type CleanControl,
  cleanControl,
  comparedSeparation,
  type Estimate,
  type GapExcess,
  meanEstimate,
  type Part,
  type SeparationImage,
  type SeparationScores,
  separationRecord,
} from '@noisescope/metrics'
import { noiseText } from '@noisescope/models'
import { compileDenoiser } from '../denoiser.ts'
import { type EachMeasured, type Evaluation, evaluate, type Measures, type Sample } from '../evaluation.ts'
import { interruptible } from '../interruptible.ts'
import { samplesOf } from '../samples.ts'
import { type AttributionResult, explainCell, type JudgedResult } from './attribution.ts'
import type { CellWeights } from './cell-weights.ts'
import type { PlannedCell, StudySize } from './plan.ts'

/** Brightness above which a pixel is object: both, since the answer may depend on it. */
const OBJECT_THRESHOLDS = [0.1, 0.5] as const
/** Side of the images of both data sets. */
const SIDE = 28
/** A change of less than this is neither noise nor removal: about what an eye sees on a screen. */
const TAU = 0.1

/** How a denoiser tells noise from object, for one threshold of the object. */
export interface SeparationResult {
  readonly denoiser: 'network' | 'median'
  readonly objectThreshold: number
  readonly scores: SeparationScores<Estimate>
}

/** What the network changes of clean images, blur and invention but no noise, beside what it changes of noisy ones. */
export interface CleanControlResult {
  readonly objectThreshold: number
  /** Share of the values of clean images that are changed by more than tau: `clean` of these parts. */
  readonly falseRemoval: { readonly core: Estimate; readonly background: Estimate }
  readonly parts: Readonly<Record<Part, CleanControl>>
}

/** Means over images, with their intervals. */
export type QualityIntervals = Readonly<
  Record<'psnr' | 'ssim', Readonly<Record<'noisy' | 'median3x3' | 'denoised' | 'gain', Estimate>>>
>

/** Everything that is measured of one cell. */
export interface CellResult {
  readonly name: string
  readonly dataset: string
  readonly noise: { readonly kind: string; readonly text: string }
  readonly model: string
  readonly weights: {
    readonly path: string
    readonly origin: 'shipped' | 'trained here'
    readonly steps: number | null
    readonly sha256: string
  }
  readonly images: number
  readonly explained: number
  readonly evaluation: Evaluation
  /** Of the evaluation's means; `gain` is the denoised image less the noisy one. */
  readonly quality: QualityIntervals
  readonly separation: readonly SeparationResult[]
  /** Gaps of the network less those of the median on the same images: to the core, and to the whole object. */
  readonly beyondMedian: readonly ({ readonly objectThreshold: number; readonly objectGap: GapExcess } & GapExcess)[]
  readonly cleanControl: readonly CleanControlResult[]
  readonly attribution: readonly AttributionResult[]
  readonly judged: readonly JudgedResult[]
}

/** A measured cell, with what its figures are drawn from. */
export interface MeasuredCell {
  readonly result: CellResult
  readonly samples: readonly Sample[]
  readonly denoised: readonly Image[]
  /** Explanations of the first image. */
  readonly explanations: readonly Explanation[]
}

/** Measures one cell: quality, separation of noise and object, its controls, and where attributions lie. */
export async function measureCell(
  device: Device,
  cell: PlannedCell,
  { trained, origin }: CellWeights,
  { size, seed, data, full }: { size: StudySize; seed: number; data: string | undefined; full: boolean | undefined },
): Promise<MeasuredCell> {
  const { noise, dataset } = cell
  const { test } = await loadDataset(dataset, {
    ...(full === undefined ? {} : { full }),
    ...(data === undefined || dataset === 'mnist' ? {} : { data }),
  })
  if (test.width !== SIDE || test.height !== SIDE) {
    throw new InputError(`${dataset} has images of ${test.width}x${test.height}; the study is of ${SIDE}x${SIDE}`)
  }
  const samples = samplesOf(test, noise, seed, size.images)
  trained.place(device)
  using denoiser = await compileDenoiser(device, trained.model, SIDE)
  const { evaluation, each, denoised } = await evaluate(denoiser, samples)
  const fromClean = await denoiser.denoise(samples.map(({ clean }) => clean))
  const medians = await interruptible(() => samples.map(({ noisy }) => median(noisy)))

  const bootstrap = { resamples: size.resamples, seed }
  const imagesWith = (outputs: readonly Image[]): SeparationImage[] =>
    samples.map(({ clean, noisy }, i) => ({
      clean: clean.data,
      noisy: noisy.data,
      denoised: (outputs[i] ?? clean).data,
      width: SIDE,
      height: SIDE,
    }))
  const [byNetwork, byMedian] = [imagesWith(denoised), imagesWith(medians)]
  const compareAt = (objectThreshold: number) => {
    const recordsOf = (images: readonly SeparationImage[]) =>
      images.map((image) => separationRecord(image, { tau: TAU, objectThreshold }))
    return { objectThreshold, ...comparedSeparation(recordsOf(byNetwork), recordsOf(byMedian), bootstrap) }
  }
  const compared = await interruptible(() => OBJECT_THRESHOLDS.map(compareAt))
  const controlled = byNetwork.map((image, i) => ({ ...image, denoisedClean: fromClean[i]?.data ?? image.clean }))
  const controlAt = (objectThreshold: number) => {
    const parts = cleanControl(controlled, { tau: TAU, objectThreshold }, bootstrap)
    const falseRemoval = { core: parts.core.clean, background: parts.background.clean }
    return { objectThreshold, falseRemoval, parts }
  }
  const controls = await interruptible(() => OBJECT_THRESHOLDS.map(controlAt))
  const quality = await interruptible(() => ({
    psnr: intervalsOf(each, 'psnr', bootstrap),
    ssim: intervalsOf(each, 'ssim', bootstrap),
  }))
  const explained = { trained, samples, side: SIDE, size, tau: TAU, bootstrap }
  const { attribution, judged, explanations } = await explainCell(device, explained)
  return {
    samples,
    denoised,
    explanations,
    result: {
      name: cell.name,
      dataset,
      noise: { kind: noise.kind, text: noiseText(noise) },
      model: cell.model,
      weights: {
        // Where shipped weights lie is this machine's affair.
        path: trained.shipped ? basename(trained.path) : trained.path,
        origin,
        steps: trained.notes.steps === undefined ? null : Number(trained.notes.steps),
        sha256: trained.sha256(),
      },
      images: samples.length,
      explained: Math.min(size.explained, samples.length),
      evaluation,
      quality,
      separation: compared.flatMap(({ objectThreshold, first, second }) => [
        { denoiser: 'network' as const, objectThreshold, scores: first },
        { denoiser: 'median' as const, objectThreshold, scores: second },
      ]),
      beyondMedian: compared.map(({ objectThreshold, excess: { gap, objectGap } }) => ({
        objectThreshold,
        ...gap,
        objectGap,
      })),
      cleanControl: controls,
      attribution,
      judged,
    },
  }
}

/** Means of a measure over images, and of what the network gains. No interval where an image is equal to the clean one. */
function intervalsOf(
  { noisy, median3x3, denoised }: EachMeasured,
  measure: 'psnr' | 'ssim',
  bootstrap: { readonly resamples: number; readonly seed: number },
): QualityIntervals['psnr'] {
  const estimate = (valueAt: (i: number) => number): Estimate => {
    const values = noisy.map((_, i) => valueAt(i))
    return meanEstimate(values.every(Number.isFinite) ? values : [], bootstrap)
  }
  const of = (all: readonly Measures[], i: number): number => all[i]?.[measure] ?? Number.NaN
  return {
    noisy: estimate((i) => of(noisy, i)),
    median3x3: estimate((i) => of(median3x3, i)),
    denoised: estimate((i) => of(denoised, i)),
    gain: estimate((i) => of(denoised, i) - of(noisy, i)),
  }
}

function median({ width, height, data }: Image): Image {
  return createImage(width, height, 1, medianFilter({ width, height, data }).data)
}
