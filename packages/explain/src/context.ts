import { InputError, type Shape, sizeOf } from '@noisescope/core'
import type { ExplainContext } from './explainer.ts'
import type { Asked, ReplayProgress, Replays } from './replays.ts'
import type { Subject } from './subject.ts'
import type { TracedModel } from './traced-model.ts'

/** What a context is made of. */
export interface ContextParts {
  readonly subject: Subject
  /** The model at one symbolic image. */
  readonly symbolic: TracedModel
  readonly replays: Replays
  readonly layers: readonly string[]
  /** The target's weights for one image: its own, and those with its constants held, for targets that have constants. */
  readonly weights: { readonly own: Float32Array; readonly held: Float32Array | undefined }
  readonly shared: Asked['shared']
  /** T at the noisy image, and whether the network's end swallows its gradient. */
  readonly value: number
  readonly saturated: boolean
  readonly progress: ReplayProgress
  readonly signal: AbortSignal | undefined
}

/** What an explainer is given to work with. */
export function contextOf(parts: ContextParts): ExplainContext {
  const { subject, symbolic, replays, layers, weights, shared, value, saturated, progress, signal } = parts
  const { noisy, clean, sigma, target } = subject
  const [, channels = 1, height = 1, width = 1] = symbolic.noisy.shape
  const asked: Asked = { target, weights: weights.own, shared, progress }
  const size = sizeOf(symbolic.noisy.shape)
  const imageOf = (images: Float32Array | undefined, index: number): Float32Array =>
    (images ?? new Float32Array()).subarray(index * size, (index + 1) * size)
  const context: ExplainContext = {
    width,
    height,
    channels,
    layers: new Map(
      layers.flatMap((name): [string, Shape][] => {
        const layer = symbolic.layers.get(name)
        return layer === undefined ? [] : [[name, layer.shape]]
      }),
    ),
    noisy,
    hasClean: clean !== undefined,
    clean: (method) => {
      if (clean !== undefined) return clean
      throw new InputError(`${method} starts from the clean image, which is not given`)
    },
    sigma,
    target,
    weights: weights.own,
    symbolic,
    value,
    saturated,
    values: async (points) => {
      const all = new Float32Array(points.count)
      await replays.over(points, 'value', asked, ({ value: values }, from, count) => {
        all.set((values ?? new Float32Array()).subarray(0, count), from)
      })
      return all
    },
    gradients: (points, each) =>
      replays.over(points, 'gradient', asked, ({ value: values, gradient }, from, count) => {
        for (let i = 0; i < count; i++) each(imageOf(gradient, i), values?.[i] ?? Number.NaN, from + i)
      }),
    denoised: (points, each) =>
      replays.over(points, 'denoised', asked, ({ denoised }, from, count) => {
        for (let i = 0; i < count; i++) each(imageOf(denoised, i), from + i)
      }),
    get held() {
      return held ?? context
    },
    batchFor: (count) => replays.batchFor(count),
    replay: replays.own(shared, progress),
    signal,
  }
  const held =
    target.held === undefined || weights.held === undefined
      ? undefined
      : contextOf({
          ...parts,
          subject: { ...subject, target: target.held.target },
          weights: { own: weights.held, held: undefined },
        })
  return context
}
