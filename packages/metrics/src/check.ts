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
  assertFinite(a, 'the first image')
  assertFinite(b, 'the second image')
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

/** @throws {InputError} when one of the values is NaN or infinite. */
export function assertFinite(values: ArrayLike<number>, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new InputError(
        `${name} holds ${values[i]} at index ${i}; expected finite values; ` +
          'check the file or the network that it came from',
      )
    }
  }
}

/** @throws {InputError} when there are more or fewer values than expected. */
export function assertLength(values: ArrayLike<number>, expected: number, name: string, shape: string): void {
  if (values.length !== expected) {
    throw new InputError(
      `${name} has ${values.length} values; expected ${expected} for ${shape}; give the sizes that it has`,
    )
  }
}

/** @throws {InputError} when a threshold that must be a positive, finite number is anything else. */
export function assertThreshold(value: number, name: string): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InputError(`${name} is ${value}; expected a positive number on the scale of the image, such as 0.1`)
  }
}
