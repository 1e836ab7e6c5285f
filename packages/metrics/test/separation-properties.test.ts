import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addSeparationRecords,
  countsOf,
  type DetectionScores,
  type Part,
  type SeparationScores,
  separationRecord,
} from '../src/index.ts'
import { anyImage, scoresOf } from './separation-images.ts'

const allParts: Part[] = ['image', 'core', 'edge', 'background', 'object']

/** The scores of every part and stratum of a record, and how many values are corrupted in it. */
function everyScore(scores: SeparationScores): (DetectionScores & { corrupted: number })[] {
  return allParts.flatMap((part) => [scores.parts[part], ...scores.parts[part].strata])
}

const transposed = (plane: Float32Array, width: number, height: number): Float32Array =>
  Float32Array.from(plane, (_, i) => plane[(i % height) * width + Math.floor(i / height)]!)

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
