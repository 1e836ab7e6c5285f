import { keyFrom, random, type Shape, sizeOf } from '@noisescope/core'

/** Makes the first values of a parameter; the same seed and stream give the same values everywhere. */
export type Initialiser = (shape: Shape, seed: number, stream: number) => Float32Array

/** Inputs and outputs that meet in one weight of a convolution [out, in, kh, kw]. */
function fans(shape: Shape): { in: number; out: number } {
  const [out = 1, into = 1, ...kernel] = shape
  const taps = sizeOf(kernel)
  return { in: into * taps, out: out * taps }
}

/** Uniform on +-sqrt(6 / (fan in + fan out)): Keras' default (Glorot and Bengio 2010, equation 16). */
export const glorotUniform: Initialiser = (shape, seed, stream) => {
  const { in: into, out } = fans(shape)
  const limit = Math.sqrt(6 / (into + out))
  return random('uniform', keyFrom(seed, stream), sizeOf(shape)).map((u) => (2 * u - 1) * limit)
}

/** Normal with standard deviation sqrt(2 / fan in), for ReLU networks (He et al. 2015, equation 10). */
export const heNormal: Initialiser = (shape, seed, stream) => {
  const sd = Math.sqrt(2 / fans(shape).in)
  return random('normal', keyFrom(seed, stream), sizeOf(shape)).map((z) => z * sd)
}

/** The same value everywhere. */
export const constantInitialiser =
  (value: number): Initialiser =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value)

/** Normal with standard deviation `sd`, cut off at +-`limit`. */
export const clampedNormal =
  (sd: number, limit: number): Initialiser =>
  (shape, seed, stream) =>
    random('normal', keyFrom(seed, stream), sizeOf(shape)).map((z) => Math.min(Math.max(z * sd, -limit), limit))
