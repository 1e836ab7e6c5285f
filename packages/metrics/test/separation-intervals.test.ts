import { keyFrom, random } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { percentileInterval, resampledIndices } from '../src/bootstrap.ts'
import {
  addSeparationRecords,
  countsOf,
  type Estimate,
  type Part,
  type SeparationRecord,
  type SeparationScores,
  separation,
  separationRecord,
  separationScores,
} from '../src/index.ts'
import { gaussianImage, halvedRow, smallImage } from './separation-images.ts'

describe('intervals of separation', () => {
  const records = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => separationRecord(gaussianImage(seed)))

  /** As the documentation has it: the percentile interval for so many images as the counts are worth, and the rule of three. */
  function plainInterval(
    score: (scores: SeparationScores) => number | null,
    countIn: (record: SeparationRecord) => number,
    { within, ...options }: { resamples: number; seed: number; within?: [number, number] },
  ) {
    const counts = records.map(countIn)
    const total = counts.reduce((a, b) => a + b, 0)
    const worth = total ** 2 / counts.reduce((sum, count) => sum + count ** 2, 0)
    const scoreOf = (indices: ArrayLike<number>) =>
      score(separationScores(addSeparationRecords(Array.from(indices, (i) => records[i]!))))
    const samples = Array.from(resampledIndices(records.length, options), (indices) => scoreOf(indices))
    const interval = percentileInterval(samples, options, worth)!
    const value = scoreOf(Array.from(records.keys()))!
    if (within === undefined) return interval
    const reach = -Math.log(0.05) / total
    return {
      ...interval,
      low: Math.min(interval.low, Math.max(within[0], value - reach)),
      high: Math.max(interval.high, Math.min(within[1], value + reach)),
    }
  }
  const decidedIn = (part: Part) => (record: SeparationRecord) => {
    const { truePositives, falseNegatives, falsePositives } = countsOf(record, part)
    return truePositives + falseNegatives + falsePositives
  }
  const corruptedIn = (part: Part, stratum: number) => (record: SeparationRecord) => {
    const { truePositives, falseNegatives } = countsOf(record, part, stratum)
    return truePositives + falseNegatives
  }
  const pooled = addSeparationRecords(records)
  /** Of each stratum the corrupted values of the side that has fewer of them in all images. */
  const comparedIn = (on: Part) => (record: SeparationRecord) =>
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].reduce((sum, k) => {
      const [there, here] = [corruptedIn('background', k)(pooled), corruptedIn(on, k)(pooled)]
      if (there === 0 || here === 0) return sum
      return sum + corruptedIn(there < here ? 'background' : on, k)(record)
    }, 0)
  const scarcerIn = (on: Part) => decidedIn(decidedIn('background')(pooled) < decidedIn(on)(pooled) ? 'background' : on)
  const sum = (countIn: (record: SeparationRecord) => number) => records.reduce((all, each) => all + countIn(each), 0)

  test('are those of the scores of records drawn with replacement, for as many images as their counts are worth', () => {
    const options = { resamples: 37, seed: 5 }
    const found = separation(records, options)
    const agrees = (
      estimate: Estimate,
      score: (scores: SeparationScores) => number | null,
      countIn: (record: SeparationRecord) => number,
      within?: [number, number],
    ): void => {
      const expected = plainInterval(score, countIn, within === undefined ? options : { ...options, within })
      expect(estimate.interval?.low).toBeCloseTo(expected.low, 9)
      expect(estimate.interval?.high).toBeCloseTo(expected.high, 9)
      expect(estimate.interval?.resamples).toBe(expected.resamples)
      expect(estimate.basis).toEqual({
        values: sum(countIn),
        images: records.filter((each) => countIn(each) > 0).length,
      })
    }
    agrees(found.gap.f1, ({ gap }) => gap.f1, scarcerIn('core'), [-1, 1])
    agrees(found.objectGap.f1, ({ objectGap }) => objectGap.f1, scarcerIn('object'), [-1, 1])
    agrees(
      found.gap.averagePrecision,
      ({ gap }) => gap.averagePrecision,
      () => 1,
    )
    agrees(
      found.gap.bySignAndSize.f1AtEqualShare,
      ({ gap }) => gap.bySignAndSize.f1AtEqualShare,
      comparedIn('core'),
      [-1, 1],
    )
    agrees(
      found.objectGap.bySignAndSize.f1,
      ({ objectGap }) => objectGap.bySignAndSize.f1,
      comparedIn('object'),
      [-1, 1],
    )
    agrees(found.parts.object.f1, ({ parts }) => parts.object.f1, decidedIn('object'), [0, 1])
    agrees(
      found.parts.image.removalGain,
      ({ parts }) => parts.image.removalGain,
      () => 144,
    )
    agrees(
      found.parts.core.errorShare,
      ({ parts }) => parts.core.errorShare,
      () => 60,
    )
    agrees(
      found.parts.image.strata[3]!.recall,
      ({ parts }) => parts.image.strata[3]!.recall,
      corruptedIn('image', 3),
      [0, 1],
    )
    expect(found.gap.bySignAndSize.f1.basis.values).toBe(found.gap.bySignAndSize.compared)
  })

  test('stand beside the values of all images together', () => {
    const expected = separationScores(addSeparationRecords(records))
    const found = separation(records, { resamples: 3 })
    expect(found.gap.f1.value).toBe(expected.gap.f1)
    expect(found.parts.edge.falseRemoval.value).toBe(expected.parts.edge.falseRemoval)
    expect(found.images).toBe(records.length)
  })

  test('are null for one image, and for scores without a value', () => {
    const image = smallImage()
    const one = separation([separationRecord(image)])
    expect(one.gap.f1).toEqual({ value: 1 / 2, interval: null, basis: { values: 2, images: 1 } })
    const two = separation([separationRecord(image), separationRecord(image)], { resamples: 10 })
    expect(two.gap.bySize.f1).toEqual({ value: null, interval: null, basis: { values: 0, images: 0 } })
  })

  test('reach as far as so few values may be off where all draws are alike: the rule of three', () => {
    const image = smallImage()
    const two = separation([separationRecord(image), separationRecord(image)], { resamples: 10 })
    const { value, interval, basis } = two.gap.f1
    // Two found pixels of the background in each image; as drawn anew the gap is 1/2 every time.
    expect([value, basis.values]).toEqual([1 / 2, 4])
    expect(interval?.low).toBeCloseTo(1 / 2 + Math.log(0.05) / 4, 12)
    expect(interval?.high).toBe(1)
    const perfect = Array.from({ length: 20 }, () => {
      const { image: row, corrupt } = halvedRow(3)
      corrupt('core', 1, 0.5, 0.5)
      corrupt('background', 3, 0.5, 0.5)
      return separationRecord(row)
    })
    const { f1 } = separation(perfect, { resamples: 50 }).parts.core
    expect(f1.value).toBe(1)
    expect(f1.interval?.low).toBeCloseTo(1 - 3 / 20, 3)
    expect(f1.interval?.high).toBe(1)
  })

  // F1 of a recall r without false removal is 2 r / (1 + r). Percentile intervals alone cover 0.57 and 0.92 of 2,000.
  test.each([
    [10, 3, 0.97],
    [12, 20, 0.9],
  ])(
    'cover the true F1 of %i images with %i noisy values each, of which a share of %d is found',
    (images, each, recall) => {
      const repetitions = 100
      let covered = 0
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const draws = random('uniform', keyFrom(21, repetition), images * each)
        const records = Array.from({ length: images }, (_, image) => {
          const { image: row, corrupt } = halvedRow(each)
          for (let k = 0; k < each; k++) corrupt('core', 1, 0.5, draws[image * each + k]! < recall ? 0.5 : 0)
          return separationRecord(row)
        })
        const { interval } = separation(records, { resamples: 100, seed: repetition }).parts.core.f1
        const truth = (2 * recall) / (1 + recall)
        if (interval!.low <= truth && interval!.high >= truth) covered++
      }
      expect(covered / repetitions).toBeGreaterThan(0.91)
    },
  )

  test('are of as many images as have what is counted: none where one image has all of it', () => {
    const image = smallImage()
    const quiet = separationRecord({ ...image, noisy: image.clean, denoised: image.clean })
    const { recall } = separation([separationRecord(image), quiet, quiet], { resamples: 200 }).parts.core
    expect(recall).toEqual({ value: 1 / 2, interval: null, basis: { values: 2, images: 1 } })
  })

  test('say that they rest on fewer resamples where a score was undefined in some', () => {
    const image = smallImage()
    const quiet = separationRecord({ ...image, noisy: image.clean, denoised: image.clean })
    const twice = separationRecord({ ...image, denoised: image.clean })
    const { interval } = separation([separationRecord(image), twice, quiet], { resamples: 200 }).parts.core.recall
    // Of 27 draws of three images one has the quiet image alone.
    expect(interval?.resamples).toBeGreaterThan(180)
    expect(interval?.resamples).toBeLessThan(200)
  })
})
