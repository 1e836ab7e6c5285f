import { expect, test } from 'vitest'
import { percentileInterval, resampledIndices } from '../src/bootstrap.ts'
import {
  addSeparationRecords,
  comparedSeparation,
  type SeparationRecord,
  type SeparationScores,
  separation,
  separationRecord,
  separationScores,
} from '../src/index.ts'
import { gaussianImage, smallImage } from './separation-images.ts'

const images = [1, 2, 3, 4, 5, 6, 7, 8].map(gaussianImage)
const first = images.map((image) => separationRecord(image))
/** A denoiser of the same images that finds all noise. */
const perfect = images.map((image) => separationRecord({ ...image, denoised: image.clean }))

test('the gap beyond that of another denoiser has the interval of the difference on the same draws of images', () => {
  const options = { resamples: 41, seed: 3 }
  const { excess, ...both } = comparedSeparation(first, perfect, options)
  expect(both).toEqual({ first: separation(first, options), second: separation(perfect, options) })
  for (const [found, gapOf] of [
    [excess.gap.f1, ({ gap }: SeparationScores) => gap.f1],
    [excess.gap.bySignAndSize, ({ gap }: SeparationScores) => gap.bySignAndSize.f1],
    [excess.objectGap.f1, ({ objectGap }: SeparationScores) => objectGap.f1],
  ] as const) {
    const differenceIn = (indices: ArrayLike<number>): number => {
      const gapIn = (records: readonly SeparationRecord[]): number =>
        gapOf(separationScores(addSeparationRecords(Array.from(indices, (i) => records[i]!))))!
      return gapIn(first) - gapIn(perfect)
    }
    const samples = Array.from(resampledIndices(8, options), differenceIn)
    // Each image has about as much of what counts, so they are worth nearly eight of equal weight.
    const [narrow, wide] = [8, 7].map((worth) => percentileInterval(samples, options, worth)!)
    expect(found.value).toBeCloseTo(differenceIn([0, 1, 2, 3, 4, 5, 6, 7]), 12)
    expect(found.interval?.low).toBeLessThanOrEqual(narrow!.low + 1e-9)
    expect(found.interval?.low).toBeGreaterThanOrEqual(wide!.low - 1e-9)
    expect(found.interval?.high).toBeGreaterThanOrEqual(narrow!.high - 1e-9)
    expect(found.interval?.high).toBeLessThanOrEqual(wide!.high + 1e-9)
    expect(found.basis.images).toBe(8)
  }
})

test('a denoiser has no gap beyond its own, in any draw of images', () => {
  const { gap } = comparedSeparation(first, first, { resamples: 50 }).excess
  const { value, interval, basis } = gap.f1
  expect([value, interval?.resamples]).toEqual([0, 50])
  // The rule of three, of the values that decide the F1 of the side that has fewer.
  expect(interval?.high).toBeCloseTo(-Math.log(0.05) / basis.values, 12)
  expect(interval?.low).toBeCloseTo(Math.log(0.05) / basis.values, 12)
})

test('where one of the gaps is not defined, there is no difference', () => {
  const image = smallImage()
  const quiet = separationRecord({ ...image, noisy: image.clean })
  const { gap } = comparedSeparation([separationRecord(image)], [quiet]).excess
  expect(gap.f1).toMatchObject({ value: null, interval: null })
})

test('denoisers of different numbers of images are refused', () => {
  expect(() => comparedSeparation(first, perfect.slice(1))).toThrow(
    'there are 8 and 7 records; expected two of each image',
  )
})
