import type { TraceTarget } from '@noisescope/explain/trace'
import { type Planes, remembered, sizeOf, valuesOf } from './tensor.ts'

/** A rectangle of pixels. */
export interface PixelBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where a target lies. */
export interface TargetPlace {
  /** A layer's name, or undefined for the image. */
  readonly layer: string | undefined
  /** Channel of the layer or image that it is of; undefined for all of them. */
  readonly channel: number | undefined
  /** One rectangle around each of its pixels or regions; empty for all of a channel. */
  readonly boxes: readonly PixelBox[]
}

/** Where a target lies, for a frame around it. */
export function placeOf({ kind, of, numbers, masks = [] }: TraceTarget): TargetPlace {
  const { x, y, channel } = numbers
  const pixel = x === undefined || y === undefined ? [] : [{ x, y, width: 1, height: 1 }]
  return {
    layer: kind === 'channel' ? of : undefined,
    channel,
    boxes: [...pixel, ...masks.flatMap((mask) => boxAround(mask) ?? [])],
  }
}

/** The least rectangle that holds all weights other than 0 of a mask [h, w]; undefined where there is none. */
export const boxAround = remembered((mask: Planes): PixelBox | undefined => {
  const { width } = sizeOf(mask)
  const weights = valuesOf(mask)
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1]
  weights.forEach((weight, i) => {
    if (weight === 0) return
    const [x, y] = [i % width, Math.floor(i / width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  })
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
})
