import { InputError } from '@noisescope/core'
import {
  attributionScores,
  type ExplainSession,
  type Explanation,
  imageScores,
  type Subject,
  sessionTrace,
  tracedExplanation,
  traceFrame,
} from '@noisescope/explain'
import type { Trace, TraceExplanation, TraceScore } from '@noisescope/explain/trace'
import type { Engine } from './engine.ts'
import { levelFor } from './noise-level.ts'
import { type ShownImage, sourceOf } from './shown-image.ts'
import { PROGRAM } from './version.ts'

/**
 * What the model makes of an image: the trace without explanations.
 * @param sigma that the model is told, on 0..1, where it is not the image's own.
 * @throws InputError when the model does not take the image, or makes NaN or infinity of it.
 */
export async function liveTrace(engine: Engine, shown: ShownImage, sigma: number | undefined): Promise<Trace> {
  const { kind, model, options } = engine.stored
  const { noisy, clean, prepared } = shown
  const level = levelFor(model, shown, sigma)
  const session = await engine.session(prepared.part, 'the image')
  const frame = await traceFrame(session, { noisy, clean, sigma: level })
  const { data: denoised = new Float32Array() } = frame.denoised ?? {}
  if (!denoised.every(Number.isFinite)) {
    throw new InputError(
      `the weights make NaN or infinity of ${prepared.name}, although they are finite: they are damaged or far too large; give others`,
    )
  }
  const { width, height } = session.size
  const scores = clean
    ? imageScores(
        { clean, noisy, denoised, width, height, channels: model.channels },
        { object: kind.takes === 'tiles' },
      )
    : []
  return sessionTrace(session, {
    createdBy: PROGRAM,
    source: sourceOf(shown, level),
    model: { name: kind.name, options: { ...options } },
    subject: { noisy, clean },
    frames: [{ ...frame, scores }],
  })
}

/** An explanation as the trace holds it, and how much of it lies on noise where that is known. */
export interface Answer {
  readonly explanation: TraceExplanation
  readonly scores: readonly TraceScore[]
}

/** What was found of a subject in a session, as an answer. */
export function answerOf(
  { layers, model, size }: ExplainSession,
  { noisy, clean }: Subject,
  explanation: Explanation,
): Answer {
  return {
    explanation: tracedExplanation(explanation, new Set(layers.keys())),
    scores: clean ? attributionScores({ clean, noisy, ...size, channels: model.channels }, [explanation]) : [],
  }
}

/** The trace with answers in its frame; of scores of one name the last. */
export function withAnswers(trace: Trace, answers: readonly Answer[]): Trace {
  const [frame] = trace.frames
  const scores = new Map([...frame.scores, ...answers.flatMap((each) => each.scores)].map((each) => [each.name, each]))
  const explanations = answers.map(({ explanation }) => explanation)
  return { ...trace, frames: [{ ...frame, explanations, scores: [...scores.values()] }] }
}
