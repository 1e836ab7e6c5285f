import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import {
  addSeparationRecords,
  countsOf,
  type SeparationImage,
  type SeparationOptions,
  separationRecord,
  separationScores,
} from '../src/index.ts'
import { halvedRow, scoresOf, smallImage } from './separation-images.ts'

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
