import { type Planes, planeOf, sizeOf, valuesOf } from './tensor.ts'

/** A pixel, from the left and from the top. */
export interface Pixel {
  readonly x: number
  readonly y: number
}

/** The value of each channel of [c, h, w] at a pixel. */
export function valuesAt(tensor: Planes, { x, y }: Pixel): number[] {
  const { channels, width, height } = sizeOf(tensor)
  const values = valuesOf(tensor)
  return Array.from({ length: channels }, (_, c) => values[(c * height + y) * width + x] ?? Number.NaN)
}

/** The pixel of a plane of one size that covers the middle of a pixel of another. */
export function scaledPixel(
  { x, y }: Pixel,
  from: { readonly width: number; readonly height: number },
  to: { readonly width: number; readonly height: number },
): Pixel {
  return {
    x: Math.min(Math.floor(((x + 0.5) * to.width) / from.width), to.width - 1),
    y: Math.min(Math.floor(((y + 0.5) * to.height) / from.height), to.height - 1),
  }
}

/**
 * The mean of a channel over a region of an image, whose pixels its places cover.
 * @param mask weight of each pixel, [h, w]; without any the mean is NaN
 */
export function meanIn(
  tensor: Planes,
  channel: number,
  mask: Float32Array,
  image: { readonly width: number; readonly height: number },
): number {
  const plane = sizeOf(tensor)
  const values = planeOf(tensor, channel)
  let [sum, weights] = [0, 0]
  mask.forEach((weight, i) => {
    if (weight === 0) return
    const { x, y } = scaledPixel({ x: i % image.width, y: Math.floor(i / image.width) }, image, plane)
    sum += weight * (values[y * plane.width + x] as number)
    weights += weight
  })
  return sum / weights
}
