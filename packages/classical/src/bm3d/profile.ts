/** Parameters of one of the two steps; sides in pixels. */
export interface Stage {
  /** Side of the blocks. */
  readonly block: number
  /** Distance between neighbouring reference blocks. */
  readonly step: number
  /** Side of the window in which alike blocks are looked for, counted in their places. */
  readonly search: number
  /** Most blocks in a group, a power of two. */
  readonly group: number
  /** Largest mean squared difference of a block from the reference block, on the 0..1 scale. */
  readonly match: number
  /** Two-dimensional transform of the blocks. */
  readonly transform: 'bior1.5' | 'dct'
}

/** Parameters of BM3D. */
export interface Profile {
  readonly hardThresholding: Stage
  /** Threshold of the coefficients of a group, in sigma. */
  readonly threshold: number
  readonly wiener: Stage
}

/** Squared differences are published on the 0..255 scale. */
const SQUARED_GREY_LEVELS = 255 ** 2

/** The normal profile of the authors' program: the paper's table 1 with a match of 3000 in place of 2500. */
export const normalProfile: Profile = {
  hardThresholding: {
    block: 8,
    step: 3,
    search: 39,
    group: 16,
    match: 3000 / SQUARED_GREY_LEVELS,
    transform: 'bior1.5',
  },
  threshold: 2.7,
  wiener: { block: 8, step: 3, search: 39, group: 32, match: 400 / SQUARED_GREY_LEVELS, transform: 'dct' },
}

/** The profile for much noise (Hou et al. 2011, taken over as `vn` by the authors' program). */
export const highNoiseProfile: Profile = {
  hardThresholding: {
    block: 8,
    step: 4,
    search: 39,
    group: 32,
    match: 25000 / SQUARED_GREY_LEVELS,
    transform: 'bior1.5',
  },
  threshold: 2.8,
  wiener: { block: 11, step: 6, search: 39, group: 32, match: 3500 / SQUARED_GREY_LEVELS, transform: 'dct' },
}

/** Above this the noise spoils the matching of small groups, on the 0..1 scale. */
const HIGH_NOISE = 40 / 255

/** The published parameters for noise of standard deviation `sigma` on the 0..1 scale. */
export function profileFor(sigma: number): Profile {
  return sigma > HIGH_NOISE ? highNoiseProfile : normalProfile
}
