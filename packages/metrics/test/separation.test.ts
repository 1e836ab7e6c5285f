import { InputError, keyFrom, random } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentileInterval, resampledIndices } from '../src/bootstrap.ts'
import {
  addSeparationRecords,
  countsOf,
  type DetectionScores,
  type Estimate,
  type Part,
  type SeparationImage,
  type SeparationOptions,
  type SeparationRecord,
  type SeparationScores,
  separation,
  separationRecord,
  separationScores,
} from '../src/index.ts'
import { anyImage, gaussianImage, halvedRow, smallImage } from './separation-images.ts'

const allParts: Part[] = ['image', 'core', 'edge', 'background', 'object']

const scoresOf = (image: SeparationImage, options: SeparationOptions = {}): SeparationScores =>
  separationScores(separationRecord(image, options))

/** The scores of every part and stratum of a record, and how many values are corrupted in it. */
function everyScore(scores: SeparationScores): (DetectionScores & { corrupted: number })[] {
  return allParts.flatMap((part) => [scores.parts[part], ...scores.parts[part].strata])
}

const transposed = (plane: Float32Array, width: number, height: number): Float32Array =>
  Float32Array.from(plane, (_, i) => plane[(i % height) * width + Math.floor(i / height)]!)

describe('a 5x5 image by hand', () => {
  const record = separationRecord(smallImage())
  const { parts, gap } = separationScores(record)

  test('has these counts and sums in each region', () => {
    expect(countsOf(record, 'core')).toEqual({
      truePositives: 1,
      falseNegatives: 1,
      falsePositives: 1,
      trueNegatives: 2,
      removedTimesNoise: 0.25,
      noisePower: 0.5,
    })
    expect(countsOf(record, 'edge')).toMatchObject({ truePositives: 0, falsePositives: 0, trueNegatives: 10 })
    expect(countsOf(record, 'background')).toMatchObject({ truePositives: 2, falsePositives: 0, trueNegatives: 8 })
    expect(countsOf(record, 'image')).toMatchObject({ truePositives: 3, falsePositives: 1, trueNegatives: 20 })
  })

  test('has these scores in the core of the object', () => {
    expect(parts.core).toMatchObject({ precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, falseRemoval: 1 / 3 })
    expect(parts.core.removalGain).toBe(1 / 2)
    expect(parts.core.averagePrecision).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 5), 12)
    expect(parts.core).toMatchObject({ corrupted: 2, clean: 3 })
  })

  test('has a background where all noise is found and three quarters of it removed', () => {
    expect(parts.background).toMatchObject({ precision: 1, recall: 1, f1: 1, falseRemoval: 0, averagePrecision: 1 })
    expect(parts.background.removalGain).toBe(3 / 4)
  })

  test('has null for what an edge without noise leaves undefined', () => {
    expect(parts.edge).toMatchObject({
      precision: null,
      recall: null,
      f1: null,
      removalGain: null,
      averagePrecision: null,
      falseRemoval: 0,
    })
  })

  test('puts noise into the stratum of its sign and size, and a false removal into the one that it claims', () => {
    const of = (sign: number, above: number) =>
      parts.core.strata.find((stratum) => stratum.sign === sign && stratum.above === above)
    expect(of(1, 0.4)).toMatchObject({ upTo: 0.6, corrupted: 1, recall: 0, f1: 0, precision: null })
    expect(of(-1, 0.4)).toMatchObject({ upTo: 0.6, corrupted: 1, recall: 1, f1: 1, precision: 1, removalGain: 1 })
    expect(of(1, 0.2)).toMatchObject({ corrupted: 0, recall: null, f1: null, precision: 0, falseRemoval: 1 / 3 })
    expect(of(1, 0.8)).toMatchObject({ upTo: null, corrupted: 0 })
  })

  test('has a raw gap, and no matched one since background and core share no noise of one size', () => {
    expect(gap.f1).toBe(1 / 2)
    expect(gap.averagePrecision).toBeCloseTo(1 - 0.7, 12)
    expect(gap.bySignAndSize).toEqual({ f1: null, f1AtEqualShare: null, compared: 0 })
    expect(gap.bySize).toEqual({ f1: null, f1AtEqualShare: null, compared: 0 })
  })
})

describe('whatever the image, separation', () => {
  test('of a perfect denoiser is 1 wherever there is noise', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        for (const scores of everyScore(scoresOf({ ...image, denoised: image.clean }))) {
          const expected = scores.corrupted === 0 ? null : 1
          expect([scores.f1, scores.recall, scores.precision]).toEqual([expected, expected, expected])
          expect([null, 1]).toContain(scores.removalGain)
          expect([null, 0]).toContain(scores.falseRemoval)
        }
      }),
      { numRuns: 100, seed: 1 },
    )
  })

  test('of a denoiser that does nothing has recall 0 and gain 0, and no precision', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        for (const scores of everyScore(scoresOf({ ...image, denoised: image.noisy }))) {
          expect([null, 0]).toContain(scores.recall)
          expect(Math.abs(scores.removalGain ?? 0)).toBe(0)
          expect(scores.precision).toBe(null)
        }
      }),
      { numRuns: 100, seed: 2 },
    )
  })

  test('does not change when everything is transposed', () => {
    fc.assert(
      fc.property(anyImage, ({ clean, noisy, denoised, width, height }) => {
        const turned = {
          clean: transposed(clean, width, height),
          noisy: transposed(noisy, width, height),
          denoised: transposed(denoised, width, height),
          width: height,
          height: width,
        }
        const before = separationRecord({ clean, noisy, denoised, width, height })
        const after = separationRecord(turned)
        for (const [i, sum] of before.sums.entries()) expect(after.sums[i]).toBeCloseTo(sum, 9)
      }),
      { numRuns: 100, seed: 3 },
    )
  })

  test('has strata that add up to their region, and regions that add up to the image', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        const record = separationRecord(image, { sizeEdges: [0.3, 0.9] })
        for (const part of allParts) {
          const { truePositives, falseNegatives, falsePositives } = countsOf(record, part)
          const strata = [0, 1, 2, 3, 4, 5].map((stratum) => countsOf(record, part, stratum))
          const added = (name: 'truePositives' | 'falseNegatives' | 'falsePositives') =>
            strata.reduce((sum, counts) => sum + counts[name], 0)
          expect([added('truePositives'), added('falseNegatives'), added('falsePositives')]).toEqual([
            truePositives,
            falseNegatives,
            falsePositives,
          ])
        }
        const pixels = (part: Part): number => {
          const counts = countsOf(record, part)
          return counts.truePositives + counts.falseNegatives + counts.falsePositives + counts.trueNegatives
        }
        expect(pixels('core') + pixels('edge') + pixels('background')).toBe(image.width * image.height)
        expect(pixels('image')).toBe(image.width * image.height)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  test('has a whole object of the pixels above the threshold, whose gap and shares are those of plain loops', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        const { clean, noisy, denoised } = image
        const { parts, gap, objectGap } = scoresOf(image)
        const counts = { found: 0, missed: 0, wrong: 0, values: 0, error: 0, all: 0 }
        for (const [i, x] of clean.entries()) {
          const error = (Math.min(Math.max(denoised[i]!, 0), 1) - x) ** 2
          counts.all += error
          if (!(x > Math.fround(0.1))) continue
          const corrupted = Math.abs(noisy[i]! - x) > 0.1
          const removed = Math.abs(noisy[i]! - denoised[i]!) > 0.1
          counts.values++
          counts.error += error
          if (corrupted) counts[removed ? 'found' : 'missed']++
          else if (removed) counts.wrong++
        }
        const { found, missed, wrong, values, error, all } = counts
        const f1 = found + missed === 0 ? null : (2 * found) / (2 * found + missed + wrong)
        expect(parts.object.f1).toBe(f1)
        expect(parts.object.pixelShare).toBe(values / clean.length)
        if (all > 0) expect(parts.object.errorShare).toBeCloseTo(error / all, 12)
        if (values > 0) expect(parts.object.meanSquaredError).toBeCloseTo(error / values, 12)
        const { background } = parts
        expect(objectGap.f1).toBe(f1 === null || background.f1 === null ? null : background.f1 - f1)
        expect(gap.f1).toBe(parts.core.f1 === null || background.f1 === null ? null : background.f1 - parts.core.f1)
      }),
      { numRuns: 200, seed: 7 },
    )
  })

  test('of two images in the channels of one, under one mask, is the sum of their records', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        const mask = image.clean.map((value, i) => Number(i === 0 || value > 0.4))
        const second = { ...image, clean: image.denoised, noisy: image.clean, denoised: image.noisy }
        const both = (name: 'clean' | 'noisy' | 'denoised') => Float32Array.from([...image[name], ...second[name]])
        const together = separationRecord({
          ...image,
          clean: both('clean'),
          noisy: both('noisy'),
          denoised: both('denoised'),
          channels: 2,
          mask,
        })
        const sum = addSeparationRecords([separationRecord({ ...image, mask }), separationRecord({ ...second, mask })])
        expect(sum.images).toBe(2)
        for (const part of allParts) {
          const expected = countsOf(together, part)
          const counts = countsOf(sum, part)
          expect(counts).toMatchObject({
            truePositives: expected.truePositives,
            falseNegatives: expected.falseNegatives,
            falsePositives: expected.falsePositives,
            trueNegatives: expected.trueNegatives,
          })
          expect(counts.removedTimesNoise).toBeCloseTo(expected.removedTimesNoise, 9)
          expect(counts.noisePower).toBeCloseTo(expected.noisePower, 9)
        }
      }),
      { numRuns: 100, seed: 5 },
    )
  })

  test('never gives NaN or infinity', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        const found = scoresOf(image)
        const numbers = [...everyScore(found), found.gap, found.gap.bySignAndSize, found.gap.bySize]
          .flatMap((scores) => Object.values(scores) as unknown[])
          .filter((value) => typeof value === 'number')
        expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([])
      }),
      { numRuns: 100, seed: 6 },
    )
  })
})

describe('separation', () => {
  test('of a denoiser that returns black finds all noise off the object and takes all of the object for noise', () => {
    const { parts } = scoresOf({ ...smallImage(), denoised: new Float32Array(25) })
    expect(parts.background).toMatchObject({ f1: 1, removalGain: 1, falseRemoval: 0 })
    expect(parts.core).toMatchObject({ falseRemoval: 1, precision: 1 / 4 })
  })

  test('of a denoiser given the clean image has false removal alone', () => {
    const image = smallImage()
    const { parts } = scoresOf({ ...image, noisy: image.clean })
    expect(parts.core).toMatchObject({
      corrupted: 0,
      f1: null,
      recall: null,
      removalGain: null,
      averagePrecision: null,
    })
    // At (0, 1) the denoiser brightens, at (0, 2) it darkens: two of five.
    expect(parts.core.falseRemoval).toBe(2 / 5)
  })

  test('compares no salt on black with pepper on white, except by size', () => {
    const row = halvedRow(4)
    row.image.clean.fill(0, 5)
    row.image.clean.fill(1, 0, 5)
    const noisy = row.image.clean.slice()
    noisy.set([0, 0], 0)
    noisy.set([1, 1, 1], 6)
    const { parts, gap } = scoresOf({ ...row.image, noisy, denoised: row.image.clean })
    expect(parts.core.strata.filter(({ f1 }) => f1 !== null).map(({ sign }) => sign)).toEqual([-1])
    expect(parts.background.strata.filter(({ f1 }) => f1 !== null).map(({ sign }) => sign)).toEqual([1])
    expect(gap.f1).toBe(0)
    expect(gap.bySignAndSize).toEqual({ f1: null, f1AtEqualShare: null, compared: 0 })
    expect(gap.bySize).toEqual({ f1: 0, f1AtEqualShare: 0, compared: 2 })
  })

  test('weighs a stratum of the matched gap by its count in the region that has fewer, and leaves out what one lacks', () => {
    const { image, corrupt } = halvedRow(20)
    corrupt('background', 3, 0.5, 0.5) // found: F1 1
    corrupt('core', 2, 0.5, 0) // missed: F1 0
    corrupt('background', 1, 0.3, 0) // missed: F1 0
    corrupt('core', 5, 0.3, 0.3) // found: F1 1
    corrupt('core', 7, -0.3, 0) // only there
    const { gap } = scoresOf(image)
    expect(gap.bySignAndSize.compared).toBe(3)
    expect(gap.bySignAndSize.f1).toBeCloseTo((2 * (1 - 0) + 1 * (0 - 1)) / 3, 12)
  })

  test('has no gap at equal share for a detector that is as good in both regions, though one has more noise', () => {
    const { image, corrupt } = halvedRow(200)
    // Recall 1/2 and false removal 1/10 in both; half of the core is corrupted and a tenth of the background.
    corrupt('core', 50, 0.5, 0.5)
    corrupt('core', 50, 0.5, 0)
    corrupt('core', 10, 0, 0.5)
    corrupt('background', 10, 0.5, 0.5)
    corrupt('background', 10, 0.5, 0)
    corrupt('background', 18, 0, 0.5)
    const { gap } = scoresOf(image)
    const expected = 20 / (20 + 18 + 10) - 100 / (100 + 10 + 50)
    expect(gap.f1).toBeCloseTo(expected, 12)
    expect(gap.bySignAndSize.f1).toBeCloseTo(expected, 12)
    expect(gap.bySignAndSize.f1AtEqualShare).toBeCloseTo(0, 12)
    expect(gap.bySize.f1AtEqualShare).toBeCloseTo(0, 12)
  })

  test('takes F1 at the share of noise that both regions have together, by hand', () => {
    const { image, corrupt } = halvedRow(20)
    corrupt('core', 5, 0.5, 0.5)
    corrupt('core', 5, 0.5, 0)
    corrupt('core', 1, 0, 0.5)
    corrupt('core', 1, 0, -0.5)
    corrupt('background', 5, 0.5, 0.5)
    const { bySignAndSize, bySize } = scoresOf(image).gap
    // 15 corrupted of 40 values: share 3/8. Background: 1. Core: recall 1/2, false removal 1/10 in one sign, 2/10 in both.
    expect(bySignAndSize.f1AtEqualShare).toBeCloseTo(1 - 3 / 8 / (3 / 16 + 3 / 8 + (5 / 8) * (1 / 10)), 12)
    expect(bySize.f1AtEqualShare).toBeCloseTo(1 - 3 / 8 / (3 / 16 + 3 / 8 + (5 / 8) * (2 / 10)), 12)
  })

  test('takes false removal of a stratum over all clean values of the region', () => {
    const { image, corrupt } = halvedRow(10)
    corrupt('core', 1, 0, 0.5)
    corrupt('core', 2, 0, -0.25)
    const { core } = scoresOf(image).parts
    const shares = core.strata.filter(({ falseRemoval }) => falseRemoval !== 0)
    expect(shares.map(({ sign, falseRemoval }) => [sign, falseRemoval])).toEqual([
      [1, 1 / 10],
      [-1, 2 / 10],
    ])
    expect(core.falseRemoval).toBe(3 / 10)
  })

  test('counts as corrupted what is above tau, and not what is at it', () => {
    const { image, corrupt } = halvedRow(10)
    corrupt('core', 1, 0.25, 0)
    corrupt('core', 1, 0.3125, 0)
    corrupt('core', 1, -0.3125, 0)
    expect(scoresOf(image, { tau: 0.25 }).parts.core.corrupted).toBe(2)
  })

  test('takes an image without anything bright as all background', () => {
    const dark = new Float32Array(9)
    const { parts } = scoresOf({ clean: dark, noisy: dark, denoised: dark, width: 3, height: 3 })
    expect([parts.core.clean, parts.edge.clean, parts.background.clean]).toEqual([0, 0, 9])
  })

  test('counts only removals above a delta of its own', () => {
    const { parts } = scoresOf(smallImage(), { delta: 0.3 })
    expect(parts.core).toMatchObject({ falseRemoval: 0, precision: 1, recall: 1 / 2 })
  })

  test('averages the average precision of images, without those where it is undefined', () => {
    const image = smallImage()
    const perfect = { ...image, denoised: image.clean }
    const quiet = { ...image, noisy: image.clean }
    const { parts } = separationScores(
      addSeparationRecords([image, perfect, quiet].map((one) => separationRecord(one))),
    )
    expect(parts.core.averagePrecision).toBeCloseTo((0.7 + 1) / 2, 12)
  })

  test('refuses sizes, values, masks and options that do not fit', () => {
    const image = smallImage()
    const refused = (change: Partial<SeparationImage>, options?: SeparationOptions) =>
      expect(() => separationRecord({ ...image, ...change }, options))
    refused({ denoised: new Float32Array(24) }).toThrow(/the denoised image has 24 values; expected 25/)
    refused({ width: 4 }).toThrow(InputError)
    refused({ noisy: image.noisy.with(3, Number.NaN) }).toThrow(/the noisy image holds NaN at index 3/)
    refused({ mask: new Uint8Array(25) }).toThrow(/the mask is empty/)
    refused({ mask: new Uint8Array(24) }).toThrow(InputError)
    refused({}, { tau: 0 }).toThrow(/tau is 0; expected a positive number/)
    refused({}, { delta: -1 }).toThrow(InputError)
    refused({}, { objectThreshold: Number.NaN }).toThrow(InputError)
    refused({}, { sizeEdges: [0.3, 0.2] }).toThrow(/ascend from tau/)
    refused({}, { tau: 0.3, sizeEdges: [0.2] }).toThrow(/ascend from tau/)
    const record = separationRecord(image)
    expect(() => addSeparationRecords([])).toThrow(InputError)
    expect(() => addSeparationRecords([record, separationRecord(image, { tau: 0.2 })])).toThrow(/do not add up/)
    expect(() => countsOf(record, 'core', 10)).toThrow(/from 0 to 9/)
  })
})

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
