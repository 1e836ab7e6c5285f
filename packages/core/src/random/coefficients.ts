// Numbers that the processor's and the GPU's transformations share: both evaluate the same polynomials in float32, since
// WGSL leaves log, sin and cos too free for the two to agree.

/**
 * P in log(1 + f) = f - f^2/2 + f^3 P(f), lowest power first: minimax on [sqrt(1/2) - 1, sqrt(2) - 1] (Lawson's
 * iteration in float64), relative error of the logarithm 6.5e-9.
 */
export const LOGARITHM = [
  0.333333164, -0.250008106, 0.200022861, -0.166245535, 0.141811967, -0.131287664, 0.128816202, -0.0785954595,
] as const

/** log(2) in two parts; the first has so few bits that its product with an exponent is exact. */
export const LOG_TWO = { high: 0.693359375, low: -2.12194440054e-4 } as const

/** sqrt(1/2) as float32 bits: where mantissas begin. */
export const ROOT_HALF_BITS = 0x3f3504f3

/** Taylor coefficients of x^3, x^5, x^7, x^9 of the sine: error below 2e-9 up to pi/4. */
export const SINE = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880] as const

/** Taylor coefficients of x^4, x^6, x^8, x^10 of the cosine: error below 2e-10 up to pi/4. */
export const COSINE = [1 / 24, -1 / 720, 1 / 40320, -1 / 3628800] as const

/** A uniform number is an odd multiple of this: 23 bits and a half are exact in float32, so it is never 0 or 1. */
export const UNIFORM_STEP = 2 ** -24

/** Angle of an odd multiple k of UNIFORM_STEP of a whole turn, per k. */
export const TURN_STEP = 2 * Math.PI * UNIFORM_STEP

/** Angle of an odd multiple k of UNIFORM_STEP of a quarter turn, per k. */
export const QUARTER_STEP = (Math.PI / 2) * UNIFORM_STEP

/** Quarter turns are told apart by the top two of 23 bits. */
export const QUARTER_BITS = 21
