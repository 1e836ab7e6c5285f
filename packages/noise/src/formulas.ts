import type { Noise } from './noise.ts'

/** Distributions that noise is made of. */
export type Distribution = 'uniform' | 'normal' | 'laplace' | 'arcsine' | 'poisson'

/** Which of the independent draws of a key, and the mean of Poisson numbers. */
export interface DrawOptions {
  readonly draw?: number
  readonly rate?: number
}

/** Element-wise float32 arithmetic on images, where a number stands for an image of this value: in the graph, or here. */
export interface Arithmetic<Image> {
  add(a: Image, b: Image | number): Image
  mul(a: Image, b: Image | number): Image
  /** 1 where a > b, else 0. */
  greater(a: Image | number, b: Image): Image
  /** `a` where `condition` is not zero, else `b`. */
  where(condition: Image, a: Image | number, b: Image | number): Image
  /** A random number for each pixel, a pure function of the key, the pixel's index and the draw. */
  random(distribution: Distribution, options?: DrawOptions): Image
  /** Of each pixel's photons, how many are kept with probability `clean`; takes the draws from 2 on. */
  thinned(clean: Image, photons: Image): Image
}

/** The noisy image, and where salt-and-pepper replaced pixels. Each kind of noise is defined here, once for both sides. */
export function corrupted<Image>(clean: Image, noise: Noise, on: Arithmetic<Image>): { noisy: Image; mask?: Image } {
  switch (noise.kind) {
    case 'gaussian':
      return { noisy: on.add(clean, on.mul(on.random('normal'), noise.sd)) }
    case 'laplace':
      return { noisy: on.add(clean, on.mul(on.random('laplace'), noise.scale)) }
    case 'salt-and-pepper': {
      const mask = on.greater(noise.amount, on.random('uniform'))
      const replacement = noise.classic ? coin(on, 0, 1) : on.random('arcsine', { draw: 1 })
      return { noisy: on.where(mask, replacement, clean), mask }
    }
    case 'poisson': {
      const size = on.mul(on.random('poisson', { rate: noise.rate }), 1 / 255)
      return { noisy: on.add(clean, on.mul(size, coin(on, -1, 1))) }
    }
    case 'shot': {
      // Thinning: if Poisson(peak) photons are each kept with probability x, the kept ones are Poisson(x * peak).
      const photons = on.random('poisson', { rate: noise.peak })
      return { noisy: on.mul(on.thinned(clean, photons), 1 / noise.peak) }
    }
    case 'speckle':
      return { noisy: on.add(clean, on.mul(clean, on.mul(on.random('normal'), noise.sd))) }
  }
}

/** One of two values with equal chance for each pixel, by draw 1. */
const coin = <Image>(on: Arithmetic<Image>, a: number, b: number): Image =>
  on.where(on.greater(0.5, on.random('uniform', { draw: 1 })), a, b)
