import { medianFilter } from '@noisescope/classical'
import { type Device, InputError } from '@noisescope/core'
import {
  ExplainSession,
  type Explanation,
  fullGrad,
  inputTimesGradient,
  noisePath,
  rectangle,
  removed,
} from '@noisescope/explain'
import type { Image } from '@noisescope/images'
import { createImage } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import {
  attributionMass,
  bootstrapMeanInterval,
  type Estimate,
  type SeparationScores,
  separation,
  separationRecord,
} from '@noisescope/metrics'
import { compileDenoiser } from '../denoiser.ts'
import { type Evaluation, evaluate, type Sample } from '../evaluation.ts'
import { noiseText } from '../noise-options.ts'
import { samplesOf } from '../samples.ts'
import type { TrainedModel } from '../weights.ts'
import type { PlannedCell, StudySize } from './plan.ts'

/** Brightness above which a pixel is object: both, since the answer may depend on it. */
const OBJECT_THRESHOLDS = [0.1, 0.5] as const
/** Side of the images of both data sets. */
const SIDE = 28
/** A change of less than this is neither noise nor removal: about what an eye sees on a screen. */
const TAU = 0.1

/** Where a share of attribution lies: means over the explained images. */
export interface AttributionResult {
  readonly method: string
  readonly title: string
  /** Largest |gap| of its decomposition relative to what is decomposed; null where it has none. */
  readonly worstGap: number | null
  /** Mass on noise over the share of noise pixels, 1 being chance, in the whole image and its regions. */
  readonly massOnNoise: Readonly<Record<'image' | 'core' | 'edge' | 'background', Estimate>>
}

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
  }
  readonly images: number
  readonly explained: number
  readonly evaluation: Evaluation
  readonly separation: readonly SeparationResult[]
  readonly cleanControl: readonly CleanControl[]
  readonly attribution: readonly AttributionResult[]
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
  trained: TrainedModel,
  origin: CellResult['weights']['origin'],
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
  const scoresOf = (outputs: readonly Image[], objectThreshold: number, noisyOf: (sample: Sample) => Image) =>
    separation(
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
      ),
      bootstrap,
    )
  const { attribution, explanations } = await attributions(device, trained, samples, size, bootstrap)
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
      },
      images: samples.length,
      explained: Math.min(size.explained, samples.length),
      evaluation,
      separation: OBJECT_THRESHOLDS.flatMap((objectThreshold) => [
        {
          denoiser: 'network' as const,
          objectThreshold,
          scores: scoresOf(denoised, objectThreshold, ({ noisy }) => noisy),
        },
        {
          denoiser: 'median' as const,
          objectThreshold,
          scores: scoresOf(medians, objectThreshold, ({ noisy }) => noisy),
        },
      ]),
      cleanControl: OBJECT_THRESHOLDS.map((objectThreshold) => {
        const { parts } = scoresOf(fromClean, objectThreshold, ({ clean }) => clean)
        return {
          objectThreshold,
          falseRemoval: { core: parts.core.falseRemoval, background: parts.background.falseRemoval },
        }
      }),
      attribution,
    },
  }
}

function median({ width, height, data }: Image): Image {
  return createImage(width, height, 1, medianFilter({ width, height, data }).data)
}

/** Explains what is removed, of the first images. */
async function attributions(
  device: Device,
  trained: TrainedModel,
  samples: readonly Sample[],
  { explained }: StudySize,
  bootstrap: { resamples: number; seed: number },
): Promise<{ attribution: AttributionResult[]; explanations: readonly Explanation[] }> {
  const size = { width: SIDE, height: SIDE }
  const target = removed(rectangle(size, 0, 0, SIDE, SIDE))
  using session = new ExplainSession(device, trained.model, size)
  const all: Explanation[][] = []
  for (const { noisy, clean } of samples.slice(0, explained)) {
    const subject = { noisy: noisy.data, clean: clean.data, target }
    all.push(await session.explain(subject, [inputTimesGradient(), fullGrad(), noisePath()], { layers: [] }))
  }
  const [first = []] = all
  const attribution = first.map(({ method, title }, m): AttributionResult => {
    const found = all.flatMap((explanations) => explanations[m] ?? [])
    const gaps = found.flatMap(({ completeness }) => completeness?.relative ?? [])
    const masses = found.flatMap(({ maps: [map] }, i) => {
      const sample = samples[i]
      if (map === undefined || sample === undefined || map.status === 'not-finite') return []
      const { clean, noisy } = sample
      return [attributionMass({ map: map.data, clean: clean.data, noisy: noisy.data, ...size }, { tau: TAU })]
    })
    const estimate = (part: 'image' | 'core' | 'edge' | 'background'): Estimate => {
      const values = masses.flatMap((mass) => mass[part] ?? [])
      if (values.length === 0) return { value: null, interval: null }
      const value = values.reduce((sum, each) => sum + each, 0) / values.length
      return { value, interval: bootstrapMeanInterval(values, bootstrap) }
    }
    return {
      method,
      title,
      worstGap: gaps.length === 0 ? null : Math.max(...gaps),
      massOnNoise: {
        image: estimate('image'),
        core: estimate('core'),
        edge: estimate('edge'),
        background: estimate('background'),
      },
    }
  })
  return { attribution, explanations: first }
}
