import type { Trace, TraceExplanation } from '@noisescope/explain/trace'
import type { Noise } from '@noisescope/noise'

/** What can be asked about. */
export type TargetQuestion =
  | { readonly kind: 'pixel'; readonly x: number; readonly y: number }
  /** Weight of each pixel, [h, w]. */
  | { readonly kind: 'region'; readonly mask: Float32Array }
  /** A channel of a layer, or one place of it. */
  | {
      readonly kind: 'channel'
      readonly layer: string
      readonly channel: number
      readonly x?: number
      readonly y?: number
    }

/** Request for an explanation. */
export interface Question {
  /** Name of the method. */
  readonly method: string
  readonly target: TargetQuestion
  /** The image that pixels and regions are of. */
  readonly of: 'denoised' | 'residual'
  /** Which frame of a recorded trace; the first if not given. A live source has one. */
  readonly frame?: number
}

/**
 * Where the viewer's data comes from.
 *
 * Fires `change` when `trace` is another, and `error` (an `ErrorEvent` or `CustomEvent` whose `error` or `detail` is the error)
 * when it can no longer answer, such as when the device was lost.
 */
export interface Source extends EventTarget {
  readonly live: boolean
  /** What there is to see now; a new object whenever it changed. */
  readonly trace: Trace
  /** Methods that can be asked for: recorded ones, or all of a live engine. */
  readonly methods: readonly Method[]
  /** Explanation of a target: computed, or the recorded one that fits; undefined where none was recorded. */
  explain(question: Question, signal: AbortSignal): Promise<TraceExplanation | undefined>
  /** What can be changed; only live sources have it. */
  readonly controls?: LiveControls
  /** Opens a lost device again and shows what is wanted; only live sources have it. */
  recover?(signal: AbortSignal): Promise<void>
  dispose(): void
}

/** A method of explanation. */
export interface Method {
  readonly name: string
  /** For people. */
  readonly title: string
}

export type NoiseKind = Noise['kind']

/** Noise that is added, and the seed of its draws. */
export type NoiseSettings = Noise & { readonly seed?: number }

/** An image that a live source denoises. */
export interface SourceImage {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** [c, h, w] on 0..1. */
  readonly data: Float32Array
  readonly name: string
}

/** What a live source lets one change; each settles when the new trace is there. */
export interface LiveControls {
  readonly noise: NoiseSettings
  setNoise(noise: NoiseSettings, signal: AbortSignal): Promise<void>
  /** Adds noise under a brush to the noisy image and denoises again. @param mask [h, w], 0..1. */
  brushNoise(mask: Float32Array, noise: NoiseSettings, signal: AbortSignal): Promise<void>
  setImage(image: SourceImage, signal: AbortSignal): Promise<void>
  /** Whether the model is told the noise level at all; true if not said. */
  readonly takesSigma?: boolean
  /** @param sigma level that the model is told, on 0..1, where it is told one. */
  setSigma(sigma: number | undefined, signal: AbortSignal): Promise<void>
}
