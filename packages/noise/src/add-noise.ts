import { add, clamp, greater, mul, randomTensor, sub, type Tensor, where } from '@noisescope/core'
import { checkNoise } from './check-noise.ts'
import { type Arithmetic, corrupted } from './formulas.ts'
import type { Noise } from './noise.ts'
import { thinning } from './thinning.ts'

export interface NoiseOptions {
  /** Keeps the noisy image within 0..1; default false, since clipping costs a denoiser of Gaussian noise 0.4 dB. */
  readonly clip?: boolean
}

/** Images with noise, as part of a graph. */
export interface NoisyTensors {
  readonly noisy: Tensor
  /** What was really added: noisy - clean, after clipping. */
  readonly noise: Tensor
  /** 1 where salt-and-pepper replaced the pixel, else 0; other noise has none. */
  readonly mask?: Tensor
}

/**
 * Adds noise to images in the graph.
 * @param clean of any shape, on 0..1.
 * @param key u32 [4], a RandomKey: another one for each step. The same key gives the same noise, on the CPU too.
 * @throws InputError when the noise is not usable, see `checkNoise`.
 */
export function addNoise(clean: Tensor, noise: Noise, key: Tensor, { clip = false }: NoiseOptions = {}): NoisyTensors {
  checkNoise(noise)
  const arithmetic: Arithmetic<Tensor> = {
    add,
    mul,
    greater,
    where,
    random: (distribution, options) => randomTensor(distribution, key, clean.shape, options),
    thinned: (x, photons) => thinning(x, photons, key),
  }
  const { noisy: unclipped, mask } = corrupted(clean, noise, arithmetic)
  const noisy = clip ? clamp(unclipped, 0, 1) : unclipped
  return { noisy, noise: sub(noisy, clean), ...(mask && { mask }) }
}
