import { InputError } from '@noisescope/core'
import { averagePrecisionOfSorted } from './average-precision.ts'
import type { ImageShape } from './check.ts'
import {
  noiseStrata,
  type SeparationOptions,
  type SeparationScheme,
  separationScheme,
  stratumIndex,
} from './noise-strata.ts'
import { assertImage, type RegionName, regionNames, regionsOf } from './regions.ts'

/** An image before its noise, with it, and after the denoiser: CHW values on 0..1, not clipped here. */
export interface SeparationImage extends ImageShape {
  readonly clean: Float32Array
  readonly noisy: Float32Array
  readonly denoised: Float32Array
  /** 1 for object, 0 for the rest, row by row; the object that the clean image shows unless given. */
  readonly mask?: ArrayLike<number> | undefined
}

/** The whole image, a region of it, or the whole object: its core and the inner half of its edge. */
export type Part = 'image' | RegionName | 'object'
export const parts: readonly Part[] = ['image', ...regionNames, 'object']

/**
 * What a denoiser took for noise, in numbers that add up over images: read them by `countsOf`, turn them into scores by
 * `separation`, add them by `addSeparationRecords`.
 */
export interface SeparationRecord {
  readonly images: number
  readonly scheme: SeparationScheme
  /** Sums for each part, in the order of `parts`; see {@link partOffset} for what lies where. */
  readonly sums: Float64Array
}

/** Values (pixels, by channel) of a part or of a stratum in it. */
export interface SeparationCounts {
  /** Corrupted and removed. */
  readonly truePositives: number
  /** Corrupted and kept. */
  readonly falseNegatives: number
  /** Clean and removed: features taken for noise. In a stratum: removals of its sign and size. */
  readonly falsePositives: number
  /** Clean and kept. In a stratum: clean, without a removal of its sign and size. */
  readonly trueNegatives: number
  /** Sum of r n, also over |n| <= tau (but not in a stratum). */
  readonly removedTimesNoise: number
  /** Sum of n^2 over the same. */
  readonly noisePower: number
}

/** How far the denoised values of a part are from the clean ones. */
export interface PartError {
  readonly values: number
  /** Sum of (f - x)^2, f clipped to 0..1 as it is before its quality is measured. */
  readonly squaredError: number
}

/** Where a stratum keeps its sums, and how many it has. */
const STRATUM = {
  truePositives: 0,
  falseNegatives: 1,
  falsePositives: 2,
  removedTimesNoise: 3,
  noisePower: 4,
  length: 5,
} as const
/** After the strata: what pixels of |n| <= tau have, the sum of images' average precisions and of how many, the error of all. */
const REST = {
  trueNegatives: 0,
  removedTimesNoise: 1,
  noisePower: 2,
  averagePrecision: 3,
  averagedImages: 4,
  squaredError: 5,
  length: 6,
} as const

/**
 * Compares what a denoiser removed, r = noisy - denoised, with the noise n = noisy - clean, in the core of the object,
 * at its edge, in the background, and on the whole object.
 *
 * With N = {|n| > tau} and D = {|r| > delta}: true positives N and D, and so on, each by the sign of n and the size of
 * |n|. A false positive has no noise to go by, so it goes to the stratum that it claims to have found: by the sign and
 * size of r. Counts of strata therefore add up to those of the region, and a stratum's precision is the share of such
 * claims that are true. Colour images are counted channel by channel.
 *
 * Given the clean image as the noisy one, all that is counted are false positives: what the denoiser blurs or makes up
 * without any noise.
 * @throws {InputError} when the images do not have their sizes, a value is not finite, a given mask is empty or not of
 *   0 and 1, or an option is unusable.
 */
export function separationRecord(image: SeparationImage, options: SeparationOptions = {}): SeparationRecord {
  const scheme = separationScheme(options)
  const { tau, delta, objectThreshold, sizeEdges } = scheme
  const { clean, noisy, denoised, width, height } = image
  assertImage(clean, image, 'the clean image')
  assertImage(noisy, image, 'the noisy image')
  assertImage(denoised, image, 'the denoised image')
  const { regions, object } = regionsOf(image, objectThreshold)
  const pixels = width * height

  const sums = new Float64Array(parts.length * partLength(scheme))
  const starts = regionNames.map((region) => partOffset(scheme, region))
  const whole = partOffset(scheme, 'object')
  const rest = restOffset(scheme)
  for (let i = 0; i < clean.length; i++) {
    const n = (noisy[i] as number) - (clean[i] as number)
    const r = (noisy[i] as number) - (denoised[i] as number)
    const error = Math.min(Math.max(denoised[i] as number, 0), 1) - (clean[i] as number)
    const removed = Math.abs(r) > delta
    const count = (start: number): void => {
      add(sums, start + rest + REST.squaredError, error * error)
      if (Math.abs(n) > tau) {
        const at = start + STRATUM.length * stratumIndex(n, sizeEdges)
        add(sums, at + (removed ? STRATUM.truePositives : STRATUM.falseNegatives), 1)
        add(sums, at + STRATUM.removedTimesNoise, r * n)
        add(sums, at + STRATUM.noisePower, n * n)
      } else {
        if (removed) add(sums, start + STRATUM.length * stratumIndex(r, sizeEdges) + STRATUM.falsePositives, 1)
        else add(sums, start + rest + REST.trueNegatives, 1)
        add(sums, start + rest + REST.removedTimesNoise, r * n)
        add(sums, start + rest + REST.noisePower, n * n)
      }
    }
    count(starts[regions[i % pixels] as number] as number)
    if (object[i % pixels] === 1) count(whole)
  }
  const length = partLength(scheme)
  for (const start of starts) for (let k = 0; k < length; k++) add(sums, k, sums[start + k] as number)
  addAveragePrecisions(sums, image, { regions, object }, scheme)
  return { images: 1, scheme, sums }
}

/**
 * The record of all the images together.
 * @throws {InputError} when there is no record, or they were made with different options.
 */
export function addSeparationRecords(records: readonly SeparationRecord[]): SeparationRecord {
  const { scheme } = commonScheme(records)
  const sums = new Float64Array(parts.length * partLength(scheme))
  let images = 0
  for (const record of records) {
    images += record.images
    for (let i = 0; i < sums.length; i++) add(sums, i, record.sums[i] as number)
  }
  return { images, scheme, sums }
}

/**
 * Counts of a part of the image, or of the stratum of that index in `noiseStrata`.
 * @throws {InputError} when there is no such stratum.
 */
export function countsOf({ scheme, sums }: SeparationRecord, part: Part, stratum?: number): SeparationCounts {
  const strata = noiseStrata(scheme).length
  if (stratum !== undefined && !(Number.isInteger(stratum) && stratum >= 0 && stratum < strata)) {
    throw new InputError(`there is no stratum ${stratum}; expected a whole number from 0 to ${strata - 1}`)
  }
  const start = partOffset(scheme, part)
  const ofStratum = (index: number, field: number): number => sums[start + STRATUM.length * index + field] as number
  const ofRest = (field: number): number => sums[start + restOffset(scheme) + field] as number
  const inAll = (field: number): number => {
    let sum = 0
    for (let index = 0; index < strata; index++) sum += ofStratum(index, field)
    return sum
  }
  const inPart = (field: number): number => (stratum === undefined ? inAll(field) : ofStratum(stratum, field))
  const falsePositives = inPart(STRATUM.falsePositives)
  const whole = stratum === undefined
  return {
    truePositives: inPart(STRATUM.truePositives),
    falseNegatives: inPart(STRATUM.falseNegatives),
    falsePositives,
    trueNegatives: ofRest(REST.trueNegatives) + (whole ? 0 : inAll(STRATUM.falsePositives) - falsePositives),
    removedTimesNoise: inPart(STRATUM.removedTimesNoise) + (whole ? ofRest(REST.removedTimesNoise) : 0),
    noisePower: inPart(STRATUM.noisePower) + (whole ? ofRest(REST.noisePower) : 0),
  }
}

/** The values of a part and how far they are from the clean ones. */
export function errorOf(record: SeparationRecord, part: Part): PartError {
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = countsOf(record, part)
  return {
    values: truePositives + falseNegatives + falsePositives + trueNegatives,
    squaredError: record.sums[
      partOffset(record.scheme, part) + restOffset(record.scheme) + REST.squaredError
    ] as number,
  }
}

/** Images in which the average precision of a part is defined. */
export const averagedImages = ({ scheme, sums }: SeparationRecord, part: Part): number =>
  sums[partOffset(scheme, part) + restOffset(scheme) + REST.averagedImages] as number

/** Mean over images of their average precision in a part, without those where it is undefined; null if that is all. */
export function meanAveragePrecision(record: SeparationRecord, part: Part): number | null {
  const { scheme, sums } = record
  const at = partOffset(scheme, part) + restOffset(scheme)
  const images = averagedImages(record, part)
  return images === 0 ? null : (sums[at + REST.averagePrecision] as number) / images
}

/**
 * A record that the others can be added to.
 * @throws {InputError} when there is none, or they differ.
 */
function commonScheme(records: readonly SeparationRecord[]): SeparationRecord {
  const [first] = records
  if (first === undefined) throw new InputError('there are no records; expected that of at least one image')
  const expected = JSON.stringify(first.scheme)
  for (const { scheme } of records) {
    if (scheme !== first.scheme && JSON.stringify(scheme) !== expected) {
      throw new InputError(
        `records of ${expected} and of ${JSON.stringify(scheme)} do not add up; expected equal options for all images`,
      )
    }
  }
  return first
}

const add = (sums: Float64Array, at: number, value: number): void => {
  sums[at] = (sums[at] as number) + value
}

const restOffset = ({ sizeEdges }: SeparationScheme): number => STRATUM.length * 2 * (sizeEdges.length + 1)
const partLength = (scheme: SeparationScheme): number => restOffset(scheme) + REST.length

/** Where a part's sums begin: those of its strata, then the rest. */
const partOffset = (scheme: SeparationScheme, part: Part): number => parts.indexOf(part) * partLength(scheme)

function addAveragePrecisions(
  sums: Float64Array,
  { clean, noisy, denoised, width, height }: SeparationImage,
  { regions, object }: ReturnType<typeof regionsOf>,
  scheme: SeparationScheme,
): void {
  const pixels = width * height
  for (const part of parts) {
    const inPart = (i: number): boolean =>
      part === 'image' ||
      (part === 'object' ? object[i % pixels] === 1 : regionNames[regions[i % pixels] ?? -1] === part)
    const isNoise = (i: number): boolean => Math.abs((noisy[i] as number) - (clean[i] as number)) > scheme.tau
    const found = new Float64Array(clean.length)
    const others = new Float64Array(clean.length)
    let [f, o] = [0, 0]
    for (let i = 0; i < clean.length; i++) {
      if (!inPart(i)) continue
      const score = Math.abs((noisy[i] as number) - (denoised[i] as number))
      if (isNoise(i)) found[f++] = score
      else others[o++] = score
    }
    const precision = averagePrecisionOfSorted(found.subarray(0, f).sort(), others.subarray(0, o).sort())
    if (precision === null) continue
    const at = partOffset(scheme, part) + restOffset(scheme)
    add(sums, at + REST.averagePrecision, precision)
    add(sums, at + REST.averagedImages, 1)
  }
}
