import { InputError } from '@noisescope/core'
import type { Image } from './image.ts'
import type { Alpha } from './picture.ts'
import { openPlanes } from './planes.ts'

/** Integer samples as image files hold them: interleaved (HWC), 0..maximum; 2 and 4 channels end in alpha. */
export interface Samples {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
  readonly maximum: number
  readonly data: Uint8Array | Uint16Array
}

/**
 * Turns an image into interleaved integers: clipped to 0..1, scaled, and rounded to the nearest.
 *
 * @param alpha its opacity, where it has one; becomes the last channel
 * @throws InputError if a value is NaN or infinite
 */
export function samplesFromImage(image: Image, bits: 8 | 16, alpha?: Alpha): Samples {
  const { width, height } = image
  const maximum = 2 ** bits - 1
  const channels = (image.channels + (alpha === undefined ? 0 : 1)) as Samples['channels']
  const pixels = width * height
  const data = bits === 8 ? new Uint8Array(channels * pixels) : new Uint16Array(channels * pixels)
  for (let channel = 0; channel < image.channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = image.data[channel * pixels + pixel] as number
      if (!Number.isFinite(value)) {
        const place = `channel ${channel}, x ${pixel % width}, y ${Math.floor(pixel / width)}`
        throw new InputError(`The image has the value ${value} at ${place}; only finite values can be written`)
      }
      data[pixel * channels + channel] = Math.round(Math.min(Math.max(value, 0), 1) * maximum)
    }
  }
  if (alpha !== undefined) {
    const scale = maximum / alpha.maximum
    for (let pixel = 0; pixel < pixels; pixel++) {
      data[pixel * channels + image.channels] = Math.round((alpha.data[pixel] as number) * scale)
    }
  }
  return { width, height, channels, maximum, data }
}

/**
 * Makes a colour image from 8-bit RGBA such as a canvas' `ImageData`; alpha is composed over a uniform background on the encoded
 * values, as browsers do.
 *
 * @param rgba 4 * width * height bytes
 * @param background 0..1; 1 (white) shows a transparent picture as most viewers and printed pages do
 * @throws InputError if the number of bytes does not fit the sides
 */
export function imageFromRgba(
  width: number,
  height: number,
  rgba: Uint8Array | Uint8ClampedArray,
  background = 1,
): Image {
  if (rgba.length !== 4 * width * height) {
    throw new InputError(`${rgba.length} samples do not make ${width}x${height} pixels of 4 channels`)
  }
  const planes = openPlanes({ width, height, channels: 4, maximum: 255, background })
  for (let y = 0; y < height; y++) planes.write(rgba.subarray(4 * width * y, 4 * width * (y + 1)), y)
  return planes.image
}

/** Turns an image into opaque 8-bit RGBA, as a canvas' `ImageData` takes it; throws as {@link samplesFromImage}. */
export function rgbaFromImage(image: Image): Uint8ClampedArray<ArrayBuffer> {
  const { channels, data } = samplesFromImage(image, 8)
  const rgba = new Uint8ClampedArray(4 * image.width * image.height)
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      rgba[4 * pixel + colour] = data[pixel * channels + (channels === 1 ? 0 : colour)] as number
    }
    rgba[4 * pixel + 3] = 255
  }
  return rgba
}
