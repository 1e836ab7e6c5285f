import { type RandomKey, random } from '@noisescope/core'
import type { NoiseOptions } from './add-noise.ts'
import { checkNoise } from './check-noise.ts'
import { type Arithmetic, corrupted } from './formulas.ts'
import type { Noise } from './noise.ts'
import { thinned } from './thinning.ts'

/** Noise on all of an image, or on a run of its pixels. */
export interface ApplyNoiseOptions extends NoiseOptions {
  /** Index of the first of the pixels in the whole image, in which they have the noise that is drawn here. Default 0. */
  readonly start?: number
}

/** Images with noise. */
export interface NoisyImages {
  readonly noisy: Float32Array
  /** What was really added: noisy - clean, after clipping. */
  readonly noise: Float32Array
  /** 1 where salt-and-pepper replaced the pixel, else 0; other noise has none. */
  readonly mask?: Float32Array
}

/**
 * Adds noise to images on the CPU: the same as `addNoise` on the GPU, whole numbers exactly, others within 1e-6.
 * @param clean on 0..1, in the order in which the graph has them.
 * @throws InputError when the noise is not usable, see `checkNoise`.
 */
export function applyNoise(
  clean: Float32Array,
  noise: Noise,
  key: RandomKey,
  { clip = false, start = 0 }: ApplyNoiseOptions = {},
): NoisyImages {
  checkNoise(noise)
  const { noisy: unclipped, mask } = corrupted(clean, noise, float32Arithmetic(clean.length, key, start))
  const noisy = clip ? unclipped.map((value) => Math.min(Math.max(value, 0), 1)) : unclipped
  return { noisy, noise: noisy.map((value, i) => value - (clean[i] as number)), ...(mask && { mask }) }
}

/** Storing in a Float32Array rounds sums and products of float32 as the GPU does; constants are rounded first, as there. */
function float32Arithmetic(length: number, key: RandomKey, start: number): Arithmetic<Float32Array> {
  const spread = (operand: Float32Array | number): Float32Array =>
    typeof operand === 'number' ? new Float32Array(length).fill(operand) : operand
  const binary =
    (f: (a: number, b: number) => number) =>
    (a: Float32Array | number, b: Float32Array | number): Float32Array => {
      const right = spread(b)
      return spread(a).map((value, i) => f(value, right[i] as number))
    }
  return {
    add: binary((a, b) => a + b),
    mul: binary((a, b) => a * b),
    greater: binary((a, b) => (a > b ? 1 : 0)),
    where: (condition, a, b) => {
      const [left, right] = [spread(a), spread(b)]
      return condition.map((chosen, i) => (chosen === 0 ? right : left)[i] as number)
    },
    random: (distribution, options) => random(distribution, key, length, { ...options, start }),
    thinned: (clean, photons) => thinned(clean, photons, key, start),
  }
}
