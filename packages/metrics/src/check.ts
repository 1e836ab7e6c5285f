import { InputError, ShapeError } from '@noisescope/core'

/** Sizes of one image stored channel by channel (CHW). */
export interface ImageShape {
  readonly width: number
  readonly height: number
  /** 1 for grey (the default), 3 for colour. */
  readonly channels?: number | undefined
}

/**
 * Checks that two arrays can be compared value by value.
 * @throws {ShapeError} when their lengths differ.
 * @throws {InputError} when they are empty or hold NaN or an infinite value.
 */
export function assertComparable(a: Float32Array, b: Float32Array): void {
  if (a.length !== b.length) {
    throw new ShapeError(
      `the images have ${a.length} and ${b.length} values; expected equal lengths; compare images of the same shape`,
    )
  }
  if (a.length === 0) throw new InputError('the images are empty; expected at least one value in each')
  assertFinite(a, 'first')
  assertFinite(b, 'second')
}

/** @throws {InputError} when a size that must be a whole number of at least 1 is anything else. */
export function assertPositiveInteger(value: number, name: string): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new InputError(`${name} is ${value}; expected a whole number of at least 1`)
  }
}

/** @throws {InputError} when the data range is not a positive, finite number. */
export function assertDataRange(dataRange: number): void {
  if (!(dataRange > 0 && Number.isFinite(dataRange))) {
    throw new InputError(
      `the data range is ${dataRange}; expected a positive number: 1 for images on 0..1, 255 for bytes`,
    )
  }
}

function assertFinite(image: Float32Array, which: string): void {
  for (let i = 0; i < image.length; i++) {
    if (!Number.isFinite(image[i])) {
      throw new InputError(
        `the ${which} image holds ${image[i]} at index ${i}; expected finite values; ` +
          'check the file or the network that it came from',
      )
    }
  }
}
