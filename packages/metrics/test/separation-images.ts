import { keyFrom, random } from '@noisescope/core'
import fc from 'fast-check'
import {
  type SeparationImage,
  type SeparationOptions,
  type SeparationScores,
  separationRecord,
  separationScores,
} from '../src/index.ts'

const WIDTH = 5

/**
 * 5x5: a grey object (0.5) in the two left columns, black elsewhere. Core is column 0 (what lies outside is no
 * background), edge columns 1 and 2, background columns 3 and 4.
 *
 * - core: pepper removed at (0, 0), salt kept at (0, 1), half of a clean pixel removed at (0, 2), two pixels left alone
 * - background: salt removed at (3, 0), half of it removed at (3, 1), eight pixels left alone
 */
export function smallImage(): SeparationImage {
  const clean = new Float32Array(WIDTH * WIDTH)
  for (let y = 0; y < WIDTH; y++) clean.fill(0.5, y * WIDTH, y * WIDTH + 2)
  const noisy = clean.slice()
  const set = (plane: Float32Array, x: number, y: number, value: number): void => {
    plane[y * WIDTH + x] = value
  }
  set(noisy, 0, 0, 0)
  set(noisy, 0, 1, 1)
  set(noisy, 3, 0, 1)
  set(noisy, 3, 1, 1)
  const denoised = clean.slice()
  set(denoised, 0, 1, 1)
  set(denoised, 0, 2, 0.25)
  set(denoised, 3, 1, 0.5)
  return { clean, noisy, denoised, width: WIDTH, height: WIDTH }
}

/** A row whose left half, by its mask, is object: `pixels` of core, two of edge, `pixels` of background. */
export function halvedRow(pixels: number): {
  readonly image: SeparationImage
  /** Adds noise n of which r is removed, to the next pixels that are still as they were. */
  readonly corrupt: (region: 'core' | 'background', count: number, n: number, r: number) => void
} {
  const width = 2 * pixels + 2
  const image = {
    clean: new Float32Array(width).fill(0.5),
    noisy: new Float32Array(width).fill(0.5),
    denoised: new Float32Array(width).fill(0.5),
    width,
    height: 1,
    mask: Uint8Array.from({ length: width }, (_, x) => Number(x <= pixels)),
  }
  const next = { core: 0, background: pixels + 2 }
  return {
    image,
    corrupt: (region, count, n, r) => {
      for (let i = 0; i < count; i++) {
        const x = next[region]++
        image.noisy[x] = 0.5 + n
        image.denoised[x] = 0.5 + n - r
      }
    },
  }
}

/** 12x12, the left half object at 0.5, Gaussian noise of 0.3, and a denoiser that leaves errors of 0.2. */
export function gaussianImage(seed: number): SeparationImage {
  const side = 12
  const clean = Float32Array.from({ length: side * side }, (_, i) => (i % side < side / 2 ? 0.5 : 0))
  const disturbed = (sigma: number, draw: number): Float32Array => {
    const noise = random('normal', keyFrom(seed), clean.length, { draw })
    return clean.map((value, i) => value + sigma * (noise[i] as number))
  }
  return { clean, noisy: disturbed(0.3, 0), denoised: disturbed(0.2, 1), width: side, height: side }
}

/** Values with many ties, zeros and ones. */
const brightness = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }))

/** Random images of 1x1 to 9x9: an object of any width at the left with holes in it, any noise, any denoiser. */
export const anyImage: fc.Arbitrary<SeparationImage> = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain(({ width, height }) => {
    const size = width * height
    const plane = fc.array(brightness, { minLength: size, maxLength: size }).map((values) => Float32Array.from(values))
    return fc
      .record({ values: plane, noise: plane, denoised: plane, objectWidth: fc.integer({ min: 0, max: width }) })
      .map(({ values, noise, denoised, objectWidth }) => {
        const clean = values.map((value, i) => (i % width >= objectWidth || value === 0.5 ? 0 : 0.2 + 0.8 * value))
        const noisy = noise.map((value, i) => (clean[i] as number) + (value < 0.5 ? 0 : 2 * value - 1.5))
        return { clean, noisy, denoised, width, height }
      })
  })

/** The scores of one image. */
export const scoresOf = (image: SeparationImage, options: SeparationOptions = {}): SeparationScores =>
  separationScores(separationRecord(image, options))
