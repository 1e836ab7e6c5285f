import { countParameters } from '@noisescope/nn'
import type { Explanation } from './explainer.ts'
import type { ExplainSession } from './session.ts'
import type { SubjectImage } from './subject.ts'
import { rangeOf, zeroChannels } from './trace/summary.ts'
import type {
  Trace,
  TraceActivation,
  TraceFrame,
  TraceModel,
  TraceScore,
  TraceSource,
  TrainingHistory,
} from './trace/types.ts'
import { tracedExplanation } from './traced-explanation.ts'

/** What a frame of a trace shows besides what the model makes of the image. */
export interface TraceFrameContent {
  readonly label?: string | undefined
  /** Training step after which this is the model. */
  readonly step?: number | undefined
  /** None if not given. */
  readonly explanations?: readonly Explanation[] | undefined
  /** None if not given. */
  readonly scores?: readonly TraceScore[] | undefined
  /** Layers whose activations it shows, in any order; all if not given. */
  readonly layers?: readonly string[] | undefined
}

/**
 * What the session's model, with its weights of this moment, makes of an image: the denoised image, the residual, the error
 * where the clean image is known, and the activations. One replay of the network.
 * @throws InputError when the image does not fit the model, or a layer does not exist.
 */
export async function traceFrame(
  session: ExplainSession,
  subject: SubjectImage,
  { label, step, explanations = [], scores = [], layers = [...session.layers.keys()] }: TraceFrameContent = {},
): Promise<TraceFrame> {
  const { denoised, activations } = await session.forward(subject, layers)
  const names = new Set(session.layers.keys())
  return {
    ...(label === undefined ? {} : { label }),
    ...(step === undefined ? {} : { step }),
    denoised: image(session, denoised),
    residual: image(session, difference(subject.noisy, denoised)),
    ...(subject.clean === undefined ? {} : { error: image(session, difference(denoised, subject.clean)) }),
    activations: Array.from(activations, ([layer, data]): TraceActivation => {
      const [, ...shape] = session.layers.get(layer) ?? []
      return { layer, shape, data, range: rangeOf(data), dead: zeroChannels({ shape, data }) }
    }),
    explanations: explanations.map((each) => tracedExplanation(each, names)),
    scores,
  }
}

/** All that a trace says besides what the session itself knows. */
export interface SessionTraceContent {
  /** Program and version. */
  readonly createdBy: string
  /** ISO 8601. */
  readonly date?: string | undefined
  readonly source: TraceSource
  /** What the model is called, and the options that it was built with. */
  readonly model: Pick<TraceModel, 'name' | 'options'>
  /** The image of all frames, as they were made of it. */
  readonly subject: Pick<SubjectImage, 'noisy' | 'clean'>
  readonly frames: Trace['frames']
  readonly training?: TrainingHistory | undefined
}

/** The trace of an image that a session explained: frames as `traceFrame` makes them, the images, and the model's description. */
export function sessionTrace(
  session: ExplainSession,
  { createdBy, date, source, model, subject, frames, training }: SessionTraceContent,
): Trace {
  const { noisy, clean } = subject
  const { layers, output } = session.model
  return {
    createdBy,
    ...(date === undefined ? {} : { date }),
    source,
    model: {
      ...model,
      output,
      parameters: countParameters(layers),
      layers: layers.map((layer) => ({
        name: layer.name,
        kind: layer.kind,
        shape: session.layers.get(layer.name)?.slice(1) ?? [],
        parameters: countParameters([layer]),
      })),
    },
    images: {
      noisy: image(session, noisy),
      ...(clean === undefined ? {} : { clean: image(session, clean), noise: image(session, difference(noisy, clean)) }),
    },
    frames,
    ...(training === undefined ? {} : { training }),
  }
}

const image = ({ model, size }: ExplainSession, data: Float32Array) => ({
  shape: [model.channels, size.height, size.width],
  data,
})

const difference = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - (b[i] as number))
