import { InputError } from '@noisescope/core'

/** One picture: planar channels (CHW), values on the 0..1 scale, `data[(channel * height + y) * width + x]`. */
export interface Image {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Float32Array
}

/**
 * Makes an image from its planar values and checks that their number fits.
 *
 * @param data channels * height * width values, CHW; kept, not copied
 * @throws InputError if a side is not a whole number above zero, or if the number of values is another
 */
export function createImage(width: number, height: number, channels: 1 | 3, data: Float32Array): Image {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new InputError(`An image cannot be ${width}x${height}; both sides must be whole numbers from 1 up`)
  }
  const expected = channels * height * width
  if (data.length !== expected) {
    throw new InputError(
      `${data.length} values do not make a ${width}x${height} image of ${channels} channels; ${expected} are needed`,
    )
  }
  return { width, height, channels, data }
}
