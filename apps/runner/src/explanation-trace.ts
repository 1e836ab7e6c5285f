import {
  activationMaps,
  type ExplainSession,
  type Explanation,
  type Subject,
  tracedExplanation,
} from '@noisescope/explain'
import { rangeOf, type Trace, writeTrace, zeroChannels } from '@noisescope/explain/trace'
import { createImage, type Image } from '@noisescope/images'
import { countParameters } from '@noisescope/nn'
import type { ExplainedImage } from './explained-image.ts'
import { noiseText } from './noise-options.ts'
import { versionText } from './version.ts'
import type { TrainedModel } from './weights.ts'

/** Everything that goes into a trace. */
export interface TraceContent {
  readonly trained: TrainedModel
  readonly image: ExplainedImage
  readonly subject: Subject
  readonly explanations: readonly Explanation[]
  readonly options: { readonly seed: number; readonly activations: 'float32' | 'uint8' | 'none' }
}

/** The trace of an explained image as a file, and what the model made of the image. */
export async function explanationTrace(
  session: ExplainSession,
  { trained, image, subject, explanations, options }: TraceContent,
): Promise<{ bytes: Uint8Array; denoised: Image }> {
  const { kind, model, options: modelOptions } = trained
  const { noisy, clean, noise, sigma, name } = image
  const denoisedValues = await session.denoised(subject)
  const shape = [noisy.channels, noisy.height, noisy.width]
  const difference = (a: Float32Array, b: Float32Array) => ({
    shape,
    data: a.map((value, i) => value - (b[i] as number)),
  })
  const layers = new Set(session.layers.keys())
  const activations = options.activations === 'none' ? [] : await allActivations(session, subject)
  const trace: Trace = {
    createdBy: versionText,
    source: {
      name,
      seed: options.seed,
      ...(noise === undefined ? {} : { noise: { settings: { ...noise }, text: noiseText(noise) } }),
      ...(sigma === undefined ? {} : { sigma }),
    },
    model: {
      name: kind.name,
      options: { ...modelOptions },
      output: model.output,
      parameters: countParameters(model.layers),
      layers: model.layers.map((layer) => ({
        name: layer.name,
        kind: layer.kind,
        shape: session.layers.get(layer.name)?.slice(1) ?? [],
        parameters: countParameters([layer]),
      })),
    },
    images: {
      noisy: { shape, data: noisy.data },
      ...(clean === undefined ? {} : { clean: { shape, data: clean.data }, noise: difference(noisy.data, clean.data) }),
    },
    frames: [
      {
        denoised: { shape, data: denoisedValues },
        residual: difference(noisy.data, denoisedValues),
        ...(clean === undefined ? {} : { error: difference(denoisedValues, clean.data) }),
        activations,
        explanations: explanations.map((each) => tracedExplanation(each, layers)),
        scores: [],
      },
    ],
  }
  const bytes = writeTrace(trace, { activations: options.activations === 'uint8' ? 'uint8' : 'float32' })
  return { bytes, denoised: createImage(noisy.width, noisy.height, noisy.channels, denoisedValues) }
}

/** What every layer puts out. */
async function allActivations(session: ExplainSession, subject: Subject): Promise<Trace['frames'][0]['activations']> {
  const [all] = await session.explain(subject, [activationMaps()])
  return (all?.maps ?? []).map(({ name: layer, shape, data }) => ({
    layer,
    shape,
    data,
    range: rangeOf(data),
    dead: zeroChannels({ shape, data }),
  }))
}
