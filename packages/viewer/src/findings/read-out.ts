import type { TraceActivation, TraceMap } from '@noisescope/explain/trace'
import type { FoundImage, ImageName } from './images.ts'
import { mapPlane } from './maps.ts'
import { type Planes, planeOf, sizeOf, valuesOf } from './tensor.ts'

/** A pixel, from the left and from the top. */
export interface Pixel {
  readonly x: number
  readonly y: number
}

/** A value and the place that it is from. */
export interface PlacedValue extends Pixel {
  readonly value: number
}

/** The numbers under a pointer. */
export interface ReadOut extends Pixel {
  /** Of each image: one value a channel. */
  readonly images: readonly { readonly name: ImageName; readonly values: readonly number[] }[]
  readonly map: PlacedValue | undefined
  readonly activation: PlacedValue | undefined
}

/** What is shown, and so what is read. */
export interface ReadOutOf {
  readonly images: readonly FoundImage[]
  readonly map?: TraceMap | undefined
  /** Channel of the map; the sum over them if not given. */
  readonly mapChannel?: number | undefined
  readonly activation?: TraceActivation | undefined
  /** Channel of the activation; 0 if not given. */
  readonly channel?: number | undefined
}

/** The numbers at a pixel of the images; those of maps and layers of another size are from the place that covers its middle. */
export function readOutAt(
  { images, map, mapChannel, activation, channel = 0 }: ReadOutOf,
  pixel: Pixel,
  imageSize: { readonly width: number; readonly height: number },
): ReadOut {
  const placed = (tensor: Planes, plane: Float32Array): PlacedValue => {
    const size = sizeOf(tensor)
    const { x, y } = scaledPixel(pixel, imageSize, size)
    return { x, y, value: plane[y * size.width + x] ?? Number.NaN }
  }
  return {
    ...pixel,
    images: images.map(({ name, tensor }) => ({ name, values: valuesAt(tensor, pixel) })),
    map: map && placed(map, mapPlane(map, mapChannel)),
    activation: activation && placed(activation, planeOf(activation, channel)),
  }
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
