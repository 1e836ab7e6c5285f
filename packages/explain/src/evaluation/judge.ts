import { InputError } from '@noisescope/core'
import type { Explainer, Explanation } from '../explainer.ts'
import type { ExplanationMap } from '../map.ts'
import type { NamedOptions } from '../named-options.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import { INPUT } from '../trace/format.ts'
import type { TraceScore } from '../trace/types.ts'
import type { AskOptions } from './ask.ts'
import type { Measure } from './measures.ts'

/** What is to be judged, and by what. */
export interface Judged {
  readonly explainers: readonly Explainer[]
  /** What the explainers gave for the subject, in their order. */
  readonly explanations: readonly Explanation[]
  readonly measures: readonly Measure[]
}

/** What a measure said of an explanation. */
export interface Judgement {
  readonly method: string
  readonly title: string
  /** Name of the map that was judged. */
  readonly map: string
  readonly measure: string
  readonly options: NamedOptions
  /** None where it was refused. */
  readonly scores: readonly TraceScore[]
  readonly details: NamedOptions
  /** Why the measure cannot judge this map, in words. */
  readonly refused: string | undefined
}

export interface JudgeOptions extends Pick<AskOptions, 'signal'> {
  /** Called as replays come back. */
  readonly onProgress?:
    | ((progress: { method: string; measure: string; done: number; total: number }) => void)
    | undefined
}

/**
 * Judges explanations by measures, one after the other. What a measure cannot judge (a map of a layer by the pixels of the image,
 * say) is told in words beside what could be judged.
 * @throws InputError when a measure needs the clean image and there is none; the signal's reason when aborted.
 */
export async function judge(
  session: ExplainSession,
  subject: Subject,
  { explainers, explanations, measures }: Judged,
  { signal, onProgress }: JudgeOptions = {},
): Promise<Judgement[]> {
  const wanting = measures.find(({ needsClean }) => needsClean)
  if (wanting !== undefined && subject.clean === undefined) {
    throw new InputError(`${wanting.name} exchanges noisy pixels for clean ones, and the clean image is not given`)
  }
  const judgements: Judgement[] = []
  for (const [i, explanation] of explanations.entries()) {
    const [explainer, map] = [explainers[i], judgedMap(session, explanation)]
    if (explainer === undefined || map === undefined) continue
    const { method, title } = explanation
    for (const measure of measures) {
      const { name, options } = measure
      const about = { method, title, map: map.name, measure: name, options }
      try {
        const verdict = await measure.judge(
          session,
          subject,
          { explainer, map },
          { signal, onProgress: ({ done, total }) => onProgress?.({ method, measure: name, done, total }) },
        )
        judgements.push({ ...about, ...verdict, refused: undefined })
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        judgements.push({ ...about, scores: [], details: {}, refused: error.message })
      }
    }
  }
  return judgements
}

/** The map that stands for an explanation: that of the input, else that of the layer nearest to the output, else the first. */
export function judgedMap(
  { layers }: Pick<ExplainSession, 'layers'>,
  { maps }: Pick<Explanation, 'maps'>,
): ExplanationMap | undefined {
  return maps.find(({ name }) => name === INPUT) ?? maps.findLast(({ name }) => layers.has(name)) ?? maps[0]
}
