import { InputError, keyFrom } from '@noisescope/core'
import type { TraceSource } from '@noisescope/explain/trace'
import { noiseText, sigmaRange } from '@noisescope/models'
import { applyNoise, checkNoise, imageKey, type Noise } from '@noisescope/noise'
import type { NoiseSettings } from '../sources/source.ts'
import type { PreparedImage } from './live-image.ts'

/** Noise that is added to an image; `none` for one that comes with its noise, whose clean image is not known. */
export type LiveNoise = NoiseSettings | { readonly kind: 'none'; readonly seed?: number }

/** An image as the model is given it; all values [c, h, w] on 0..1. */
export interface ShownImage {
  readonly prepared: PreparedImage
  readonly seed: number
  /** The noise on all of it; undefined where it came with its own. */
  readonly noise: Noise | undefined
  /** The noise of each stroke of a brush, in their order. */
  readonly strokes: readonly Noise[]
  /** y, not clipped. */
  readonly noisy: Float32Array
  /** x, where it is known. */
  readonly clean: Float32Array | undefined
}

/** A stroke of a brush that adds noise. */
export interface Stroke {
  /** [h, w], weights from 0 to 1. */
  readonly mask: Float32Array
  readonly noise: Noise
  readonly seed: number
}

/** Stream of the noise of brushes, apart from that of whole images. */
const BRUSH_STREAM = 0x6000_0002

/**
 * The image with noise on it: what the whole has there, as on the command line, drawn for the part alone, since a page would stand
 * still for a photograph of millions.
 * @param noise undefined where the image comes with its own
 */
export function withNoise(prepared: PreparedImage, noise: Noise | undefined, seed: number): ShownImage {
  const { whole, part, values: clean, index } = prepared
  const { left, top, width, height } = part
  const common = { prepared, seed, noise, strokes: [] }
  if (noise === undefined) return { ...common, noisy: clean, clean: undefined }
  const key = imageKey(seed, index)
  const noisy = new Float32Array(clean.length)
  for (let row = 0; row < whole.channels * height; row++) {
    const [channel, y] = [Math.floor(row / height), row % height]
    const start = (channel * whole.height + top + y) * whole.width + left
    const at = row * width
    noisy.set(applyNoise(clean.subarray(at, at + width), noise, key, { start }).noisy, at)
  }
  return { ...common, noisy, clean }
}

/**
 * The image with more noise where a brush has been: what is there, noisy as it is, is corrupted once more, in part where the
 * brush's weight is below 1. The clean image stays.
 */
export function brushed(shown: ShownImage, { mask, noise, seed }: Stroke): ShownImage {
  const { noisy, strokes } = shown
  const corrupted = applyNoise(noisy, noise, keyFrom(seed, BRUSH_STREAM, strokes.length)).noisy
  return {
    ...shown,
    strokes: [...strokes, noise],
    noisy: noisy.map((value, i) => value + (mask[i % mask.length] as number) * ((corrupted[i] as number) - value)),
  }
}

/** The noise that settings describe; undefined for none. @throws InputError when it is not usable. */
export function plainNoise(settings: NoiseSettings): Noise
export function plainNoise(settings: LiveNoise): Noise | undefined
export function plainNoise({ seed: _, ...noise }: LiveNoise): Noise | undefined {
  if (noise.kind === 'none') return undefined
  checkNoise(noise)
  return noise
}

/** @throws InputError when a brush does not fit the image. */
export function checkBrush(
  mask: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  if (mask.length !== width * height) {
    throw new InputError(
      `the brush has ${mask.length} weights; expected ${width * height} for ${width}x${height} pixels`,
    )
  }
  const bad = mask.findIndex((weight) => !(weight >= 0 && weight <= 1))
  if (bad >= 0) throw new InputError(`the brush has the weight ${mask[bad]}; expected weights from 0 to 1`)
}

/** The level of Gaussian noise on 0..1, where that is all there is on the image. */
export const knownLevel = ({ noise, strokes }: ShownImage): number | undefined =>
  strokes.length === 0 ? sigmaRange(noise)?.min : undefined

/** Where the image is from and what was done to it, as traces say it. @param sigma that the model is told. */
export function sourceOf({ prepared, noise, strokes, seed }: ShownImage, sigma: number | undefined): TraceSource {
  const brushes = new Map(strokes.map((stroke) => [noiseText(stroke), stroke]))
  const texts = [
    ...(noise === undefined ? [] : [noiseText(noise)]),
    ...(brushes.size === 0 ? [] : [`brushed on: ${[...brushes.keys()].join('; ')}`]),
  ]
  const settings = { ...noise, ...(brushes.size === 0 ? {} : { brushed: [...brushes.values()] }) }
  return {
    name: prepared.name,
    seed,
    ...(texts.length === 0 ? {} : { noise: { settings, text: texts.join('; ') } }),
    ...(sigma === undefined ? {} : { sigma }),
  }
}
