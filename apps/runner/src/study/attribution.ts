import type { Device } from '@noisescope/core'
import {
  ExplainSession,
  type Explanation,
  fullGrad,
  inputTimesGradient,
  judge,
  measureOf,
  noisePath,
  rectangle,
  region,
  removed,
} from '@noisescope/explain'
import { attributionMass, type Estimate, meanEstimate, type Part } from '@noisescope/metrics'
import { judgedScores } from '@noisescope/study'
import type { Sample } from '../evaluation.ts'
import type { TrainedModel } from '../weights.ts'
import type { StudySize } from './plan.ts'

/** Where a share of attribution lies: means over the explained images. */
export interface AttributionResult {
  readonly method: string
  readonly title: string
  /** Largest |gap| of its decomposition relative to what is decomposed; null where it has none. */
  readonly worstGap: number | null
  /** Mass on noise over the share of noise pixels, 1 being chance, in the whole image and its parts. */
  readonly massOnNoise: Readonly<Record<Part, Estimate>>
}

/** How good an explanation is: means over the judged images. */
export interface JudgedResult {
  readonly method: string
  readonly title: string
  readonly options: Readonly<Record<string, unknown>>
  readonly images: number
  /** By the names of scores; null where a measure cannot judge this map. */
  readonly scores: Readonly<Record<(typeof judgedScores)[number], number | null>>
}

/** What explanations of a cell's first images are made with. */
export interface ExplainedCell {
  readonly trained: TrainedModel
  readonly samples: readonly Sample[]
  /** Of all images. */
  readonly side: number
  readonly size: StudySize
  /** A change of less is no noise. */
  readonly tau: number
  readonly bootstrap: { readonly resamples: number; readonly seed: number }
}

/** What the explanations of a cell come to. */
export interface ExplainedResult {
  readonly attribution: readonly AttributionResult[]
  readonly judged: readonly JudgedResult[]
  /** Of the first image. */
  readonly explanations: readonly Explanation[]
}

/** Explains what is removed from the first images, and judges explanations of the first of these. */
export async function explainCell(device: Device, cell: ExplainedCell): Promise<ExplainedResult> {
  const { side, trained } = cell
  using session = new ExplainSession(device, trained.model, { width: side, height: side })
  return { ...(await attributions(session, cell)), judged: await judged(session, cell) }
}

async function attributions(
  session: ExplainSession,
  { samples, side, size, tau, bootstrap }: ExplainedCell,
): Promise<Pick<ExplainedResult, 'attribution' | 'explanations'>> {
  const { size: sides } = session
  const target = removed(rectangle(sides, 0, 0, side, side))
  const all: Explanation[][] = []
  for (const { noisy, clean } of samples.slice(0, size.explained)) {
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
      return [attributionMass({ map: map.data, clean: clean.data, noisy: noisy.data, ...sides }, { tau })]
    })
    const estimate = (part: Part): Estimate =>
      meanEstimate(
        masses.flatMap((mass) => mass[part] ?? []),
        bootstrap,
      )
    return {
      method,
      title,
      worstGap: gaps.length === 0 ? null : Math.max(...gaps),
      massOnNoise: {
        image: estimate('image'),
        core: estimate('core'),
        edge: estimate('edge'),
        background: estimate('background'),
        object: estimate('object'),
      },
    }
  })
  return { attribution, explanations: first }
}

/** One batch of gradients a path, which is what measures that make it again and again take too. */
const ONE_RULE = { refine: false, nodes: 32 }

/**
 * Judges what explains the removed, and, by random parameters, what explains the network's own output: in any other image is the
 * noisy one itself, which no parameter changes.
 */
async function judged(
  session: ExplainSession,
  { samples, side, size, trained }: ExplainedCell,
): Promise<JudgedResult[]> {
  const whole = rectangle(session.size, 0, 0, side, side)
  const signed = fullGrad({ rescale: 'sum', implicit: true })
  const explainers = [inputTimesGradient(), fullGrad(), signed, noisePath(ONE_RULE)]
  const { draws } = size.judged
  const ofRemoved = [measureOf('insertion-deletion'), measureOf('infidelity'), measureOf('max-sensitivity', { draws })]
  const images = samples.slice(0, size.judged.images)
  const found: { title: string; name: string; value: number | null }[] = []
  for (const [i, { noisy, clean }] of images.entries()) {
    for (const { target, measures } of [
      { target: removed(whole), measures: ofRemoved },
      {
        target: region(whole, trained.model.output === 'clean' ? 'denoised' : 'residual'),
        // Another random network for each image, so that the means are over these too.
        measures: [measureOf('randomisation', { seed: i })],
      },
    ]) {
      const subject = { noisy: noisy.data, clean: clean.data, target }
      const explanations = await session.explain(subject, explainers, { layers: [] })
      for (const { title, scores } of await judge(session, subject, { explainers, explanations, measures })) {
        for (const { name, value } of scores) found.push({ title, name, value })
      }
    }
  }
  if (images.length === 0) return []
  return explainers.map(({ name: method, title, options }) => {
    const mean = (name: string): number | null =>
      meanOf(found.flatMap((each) => (each.title === title && each.name === name ? (each.value ?? []) : [])))
    const scores = Object.fromEntries(judgedScores.map((name) => [name, mean(name)])) as JudgedResult['scores']
    return { method, title, options, images: images.length, scores }
  })
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
