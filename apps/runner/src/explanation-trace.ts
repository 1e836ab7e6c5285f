import {
  attributionScores,
  type ExplainSession,
  type Explanation,
  imageScores,
  type Subject,
  sessionTrace,
  traceFrame,
} from '@noisescope/explain'
import { type TraceScore, type TraceSource, writeTrace } from '@noisescope/explain/trace'
import { createImage, type Image } from '@noisescope/images'
import { noiseText } from '@noisescope/models'
import type { ExplainedImage } from './explained-image.ts'
import { versionText } from './version.ts'
import type { TrainedModel } from './weights.ts'

/** Everything that goes into a trace. */
export interface TraceContent {
  readonly trained: Pick<TrainedModel, 'kind' | 'options'>
  readonly image: ExplainedImage
  readonly subject: Subject
  readonly explanations: readonly Explanation[]
  /** Besides those of the image. */
  readonly scores: readonly TraceScore[]
  readonly options: { readonly seed: number; readonly activations: 'float32' | 'uint8' | 'none' }
}

/** The trace of an explained image as a file, what the model made of the image, and how well, where the clean one is known. */
export async function explanationTrace(
  session: ExplainSession,
  { trained, image, subject, explanations, scores, options }: TraceContent,
): Promise<{ bytes: Uint8Array; denoised: Image; imageScores: readonly TraceScore[] }> {
  const { width, height, channels } = image.noisy
  const { activations, seed } = options
  const frame = await traceFrame(session, subject, {
    explanations,
    ...(activations === 'none' ? { layers: [] } : {}),
  })
  const { data: denoised } = frame.denoised ?? { data: new Float32Array() }
  const object = trained.kind.takes === 'tiles'
  const own = scoresOf(image, denoised, object)
  const { noisy, clean } = subject
  const attribution =
    clean === undefined ? [] : attributionScores({ width, height, channels, noisy, clean }, explanations)
  const trace = sessionTrace(session, {
    createdBy: versionText,
    source: sourceOf(image, seed),
    model: { name: trained.kind.name, options: { ...trained.options } },
    subject,
    frames: [{ ...frame, scores: [...own, ...attribution, ...scores] }],
  })
  const bytes = writeTrace(trace, { activations: activations === 'uint8' ? 'uint8' : 'float32' })
  return { bytes, denoised: createImage(width, height, channels, denoised), imageScores: [...own, ...attribution] }
}

/** How well an image was denoised; nothing where its clean image is not known. @param object it shows one on black. */
export const scoresOf = (
  { noisy, clean }: Pick<ExplainedImage, 'noisy' | 'clean'>,
  denoised: Float32Array,
  object: boolean,
): TraceScore[] => {
  if (clean === undefined) return []
  const { width, height, channels } = noisy
  return imageScores({ width, height, channels, clean: clean.data, noisy: noisy.data, denoised }, { object })
}

/** Where an image is from, as traces say it. */
export const sourceOf = (
  { name, noise, sigma }: Omit<ExplainedImage, 'noisy' | 'clean' | 'part'>,
  seed: number,
): TraceSource => ({
  name,
  seed,
  ...(noise === undefined ? {} : { noise: { settings: { ...noise }, text: noiseText(noise) } }),
  ...(sigma === undefined ? {} : { sigma }),
})
