import { InputError } from '@noisescope/core'
import { createImage, type Image } from './image.ts'

/** Integer samples as image files hold them: interleaved (HWC), 0..maximum; 2 and 4 channels end in alpha. */
export interface Samples {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
  readonly maximum: number
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array
  /** The one sample value (grey) or three (colour) that mean "fully transparent", as PNG's tRNS gives them. */
  readonly transparentColour?: readonly number[]
}

/**
 * Turns interleaved integer samples into a planar image on the 0..1 scale.
 *
 * Alpha is composed over a uniform background: out = alpha * value + (1 - alpha) * background, on the encoded values
 * as browsers do.
 *
 * @param background 0..1; 1 (white) shows a transparent picture as most viewers and printed pages do
 * @throws InputError if the number of samples does not fit the sides
 */
export function imageFromSamples(samples: Samples, background = 1): Image {
  const { width, height, channels, maximum, data, transparentColour } = samples
  const pixels = width * height
  if (data.length !== pixels * channels) {
    throw new InputError(`${data.length} samples do not make ${width}x${height} pixels of ${channels} channels`)
  }
  const hasAlpha = channels === 2 || channels === 4
  const colours = channels <= 2 ? 1 : 3
  const planar = new Float32Array(colours * pixels)
  for (let pixel = 0; pixel < pixels; pixel++) {
    const start = pixel * channels
    const alpha = hasAlpha
      ? (data[start + colours] as number) / maximum
      : isColour(data, start, transparentColour)
        ? 0
        : 1
    for (let colour = 0; colour < colours; colour++) {
      const value = (data[start + colour] as number) / maximum
      planar[colour * pixels + pixel] = alpha === 1 ? value : alpha * value + (1 - alpha) * background
    }
  }
  return createImage(width, height, colours, planar)
}

function isColour(data: Samples['data'], start: number, colour: readonly number[] | undefined): boolean {
  return colour?.every((value, index) => data[start + index] === value) ?? false
}

/**
 * Turns an image into interleaved integers: clipped to 0..1, scaled, and rounded to the nearest.
 *
 * @throws InputError if a value is NaN or infinite
 */
export function samplesFromImage(image: Image, bits: 8 | 16): Samples {
  const { width, height, channels, data: planar } = image
  const maximum = 2 ** bits - 1
  const data = bits === 8 ? new Uint8Array(planar.length) : new Uint16Array(planar.length)
  const pixels = width * height
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = planar[channel * pixels + pixel] as number
      if (!Number.isFinite(value)) {
        const place = `channel ${channel}, x ${pixel % width}, y ${Math.floor(pixel / width)}`
        throw new InputError(`The image has the value ${value} at ${place}; only finite values can be written`)
      }
      data[pixel * channels + channel] = Math.round(Math.min(Math.max(value, 0), 1) * maximum)
    }
  }
  return { width, height, channels, maximum, data }
}

/**
 * Makes a colour image from 8-bit RGBA such as a canvas' `ImageData`; alpha as in {@link imageFromSamples}.
 *
 * @param rgba 4 * width * height bytes
 * @throws InputError if the number of bytes does not fit the sides
 */
export function imageFromRgba(
  width: number,
  height: number,
  rgba: Uint8Array | Uint8ClampedArray,
  background = 1,
): Image {
  return imageFromSamples({ width, height, channels: 4, maximum: 255, data: rgba }, background)
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
