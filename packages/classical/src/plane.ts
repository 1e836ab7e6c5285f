import { InputError } from '@noisescope/core'

/** One channel of an image: values on the 0..1 scale, row by row, `data[y * width + x]`; noise may leave that range. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/** @throws {InputError} when the sides are not whole numbers from 1 up, or the values are of another number or not finite. */
export function checkPlane({ width, height, data }: Plane): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new InputError(`the plane is ${width}x${height}; expected whole numbers from 1 up`)
  }
  if (data.length !== width * height) {
    throw new InputError(`the ${width}x${height} plane has ${data.length} values; expected ${width * height}`)
  }
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) {
    throw new InputError(`value ${bad} of the plane is ${data[bad]}; expected finite values; repair the image first`)
  }
}

/** @throws {InputError} when a level such as the noise's standard deviation is negative or not finite. */
export function checkLevel(value: number, name: string, unit = 'on the 0..1 scale of the image'): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new InputError(`${name} is ${value}; expected a number from 0 up, ${unit}`)
  }
}

/** @throws {InputError} when the side of a window around a pixel is not an odd whole number from 1 up. */
export function checkWindow(size: number, name: string): void {
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0) {
    throw new InputError(`${name} is ${size}; expected an odd whole number, so that the window has a middle`)
  }
}
