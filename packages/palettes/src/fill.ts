import { NOT_FINITE } from './colour.ts'
import { lookupOf, pixelOf } from './lookup.ts'
import type { GreyScale, Scale } from './scale.ts'

/**
 * Colours a plane of values: value i becomes the bytes 4i to 4i + 3 (red, green, blue, opacity), as canvases have them.
 * @param rgba at least four bytes a value, beginning at a multiple of four bytes of its buffer
 */
export function fillPlane(rgba: Uint8ClampedArray, values: Float32Array, scale: Scale): void {
  const lookup = lookupOf(scale)
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4)
  for (let i = 0; i < values.length; i++) pixels[i] = pixelOf(lookup, values[i] as number)
}

/**
 * Colours an image of red, green and blue: three planes, each from `low` (none of it) to `high` (all of it). A pixel with a
 * value that is not finite has the colour of those.
 * @param rgba at least four bytes a pixel
 */
export function fillImage(rgba: Uint8ClampedArray, planes: Float32Array, { low, high }: GreyScale): void {
  const pixels = planes.length / 3
  const stepsPerUnit = high > low ? 255 / (high - low) : 0
  for (let i = 0, to = 0; i < pixels; i++, to += 4) {
    const red = planes[i] as number
    const green = planes[pixels + i] as number
    const blue = planes[2 * pixels + i] as number
    const finite = Number.isFinite(red + green + blue)
    // Clamped arrays round and clip.
    rgba[to] = finite ? (red - low) * stepsPerUnit : NOT_FINITE[0]
    rgba[to + 1] = finite ? (green - low) * stepsPerUnit : NOT_FINITE[1]
    rgba[to + 2] = finite ? (blue - low) * stepsPerUnit : NOT_FINITE[2]
    rgba[to + 3] = 255
  }
}
