import { InputError } from '@noisescope/core'
import { checkLevel, checkWindow } from '../plane.ts'

/** Parameters of one of the two steps; sides in pixels. */
export interface Stage {
  /** Side of the blocks; a power of two for bior1.5. */
  readonly block: number
  /** Distance between neighbouring reference blocks, at most a block. */
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

/** @throws {InputError} when a parameter means nothing or would leave pixels out. */
export function checkProfile({ hardThresholding, threshold, wiener }: Profile): void {
  checkLevel(threshold, 'the threshold', 'in sigma')
  checkStage(hardThresholding, 'hard thresholding')
  checkStage(wiener, 'the Wiener filter')
}

function checkStage({ block, step, search, group, match, transform }: Stage, stage: string): void {
  checkWindow(search, `the search window of ${stage}`)
  const check = (holds: boolean, name: string, value: number, expected: string): void => {
    if (!holds) throw new InputError(`the ${name} of ${stage} is ${value}; expected ${expected}`)
  }
  const transformable = transform === 'bior1.5' ? isPowerOfTwo(block) : Number.isInteger(block) && block >= 1
  check(transformable, 'block', block, transform === 'bior1.5' ? 'a power of two' : 'a whole number from 1 up')
  check(Number.isInteger(step) && step >= 1 && step <= block, 'step', step, `a whole number from 1 to ${block}`)
  check(isPowerOfTwo(group), 'group', group, 'a power of two')
  check(Number.isFinite(match) && match > 0, 'match', match, 'a number above 0')
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value)) && Number.isInteger(value)
