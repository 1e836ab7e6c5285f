import { type Planes, sizeOf, valuesOf } from './tensor.ts'

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
