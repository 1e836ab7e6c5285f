import { medianFilter } from '@noisescope/classical'
import { type Device, InputError } from '@noisescope/core'
import type { Explanation } from '@noisescope/explain'
import type { Image } from '@noisescope/images'
import { createImage } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import {
  comparedSeparation,
  type Estimate,
  type GapExcess,
  type SeparationRecord,
  type SeparationScores,
  separation,
  separationRecord,
} from '@noisescope/metrics'
import { noiseText } from '@noisescope/models'
import { compileDenoiser } from '../denoiser.ts'
import { type Evaluation, evaluate, type Sample } from '../evaluation.ts'
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

/** What the network changes of clean images: blur and invention, no noise. */
export interface CleanControl {
  readonly objectThreshold: number
  /** Share of the values changed by more than tau, in the core of the object and in the background. */
  readonly falseRemoval: { readonly core: Estimate; readonly background: Estimate }
}

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
  readonly separation: readonly SeparationResult[]
  /** Gaps of the network less those of the median on the same images. */
  readonly beyondMedian: readonly ({ readonly objectThreshold: number } & GapExcess)[]
  readonly cleanControl: readonly CleanControl[]
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
  const { evaluation, denoised } = await evaluate(denoiser, samples)
  const fromClean = await denoiser.denoise(samples.map(({ clean }) => clean))
  const medians = samples.map(({ noisy }) => median(noisy))

  const bootstrap = { resamples: size.resamples, seed }
  const recordsOf = (
    outputs: readonly Image[],
    objectThreshold: number,
    noisyOf: (sample: Sample) => Image = ({ noisy }) => noisy,
  ): SeparationRecord[] =>
    samples.map((sample, i) =>
      separationRecord(
        {
          clean: sample.clean.data,
          noisy: noisyOf(sample).data,
          denoised: (outputs[i] ?? sample.clean).data,
          width: SIDE,
          height: SIDE,
        },
        { tau: TAU, objectThreshold },
      ),
    )
  const compared = OBJECT_THRESHOLDS.map((objectThreshold) => ({
    objectThreshold,
    ...comparedSeparation(recordsOf(denoised, objectThreshold), recordsOf(medians, objectThreshold), bootstrap),
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
        path: trained.path,
        origin,
        steps: trained.notes.steps === undefined ? null : Number(trained.notes.steps),
        sha256: trained.sha256(),
      },
      images: samples.length,
      explained: Math.min(size.explained, samples.length),
      evaluation,
      separation: compared.flatMap(({ objectThreshold, first, second }) => [
        { denoiser: 'network' as const, objectThreshold, scores: first },
        { denoiser: 'median' as const, objectThreshold, scores: second },
      ]),
      beyondMedian: compared.map(({ objectThreshold, excess }) => ({ objectThreshold, ...excess })),
      cleanControl: OBJECT_THRESHOLDS.map((objectThreshold) => {
        const { parts } = separation(
          recordsOf(fromClean, objectThreshold, ({ clean }) => clean),
          bootstrap,
        )
        return {
          objectThreshold,
          falseRemoval: { core: parts.core.falseRemoval, background: parts.background.falseRemoval },
        }
      }),
      attribution,
      judged,
    },
  }
}

function median({ width, height, data }: Image): Image {
  return createImage(width, height, 1, medianFilter({ width, height, data }).data)
}
