import { expect, test } from 'vitest'
import {
  addSeparationRecords,
  bootstrapInterval,
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
    [excess.f1, ({ gap }: SeparationScores) => gap.f1],
    [excess.bySignAndSize, ({ gap }: SeparationScores) => gap.bySignAndSize.f1],
  ] as const) {
    const differenceIn = (indices: ArrayLike<number>): number => {
      const gapIn = (records: readonly SeparationRecord[]): number =>
        gapOf(separationScores(addSeparationRecords(Array.from(indices, (i) => records[i]!))))!
      return gapIn(first) - gapIn(perfect)
    }
    const expected = bootstrapInterval(8, differenceIn, options)
    expect(found.value).toBeCloseTo(differenceIn([0, 1, 2, 3, 4, 5, 6, 7]), 12)
    expect(found.interval?.low).toBeCloseTo(expected!.low, 9)
    expect(found.interval?.high).toBeCloseTo(expected!.high, 9)
  }
})

test('a denoiser has no gap beyond its own, in any draw of images', () => {
  const { excess } = comparedSeparation(first, first, { resamples: 50 })
  expect(excess.f1).toEqual({ value: 0, interval: { low: 0, high: 0, resamples: 50 } })
})

test('where one of the gaps is not defined, there is no difference', () => {
  const image = smallImage()
  const quiet = separationRecord({ ...image, noisy: image.clean })
  const { excess } = comparedSeparation([separationRecord(image)], [quiet])
  expect(excess.f1).toEqual({ value: null, interval: null })
})

test('denoisers of different numbers of images are refused', () => {
  expect(() => comparedSeparation(first, perfect.slice(1))).toThrow(
    'there are 8 and 7 records; expected two of each image',
  )
})
