import { InputError } from '@noisescope/core'
import type { Size } from './traced-model.ts'

/** Which pixels of an image are meant: 1 or 0 for each, row by row. */
export interface Mask extends Size {
  readonly data: ArrayLike<number>
}

/** The pixels of a rectangle. @throws InputError when it is not within the image. */
export function rectangle({ width, height }: Size, x: number, y: number, across: number, down: number): Mask {
  const whole = [x, y, across, down].every(Number.isSafeInteger)
  if (!whole || x < 0 || y < 0 || across < 1 || down < 1 || x + across > width || y + down > height) {
    throw new InputError(
      `the rectangle of ${across}x${down} pixels at ${x},${y} is not within the image of ${width}x${height}`,
    )
  }
  const inside = (i: number): boolean => {
    const [column, row] = [i % width, Math.floor(i / width)]
    return column >= x && column < x + across && row >= y && row < y + down
  }
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => Number(inside(i))) }
}

/** The pixels within `radius` of a stroke's points, which may run out of the image. @throws InputError when none is left. */
export function brush(
  { width, height }: Size,
  points: readonly { readonly x: number; readonly y: number }[],
  radius: number,
): Mask {
  const near = (i: number): boolean =>
    points.some(({ x, y }) => (x - (i % width)) ** 2 + (y - Math.floor(i / width)) ** 2 <= radius ** 2)
  const mask = { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => Number(near(i))) }
  return checkMask(mask, { width, height }, 'the brush')
}

/**
 * The mask itself, when it can be used.
 * @throws InputError when it has another size than the image, a value that is not finite, or no pixel.
 */
export function checkMask(mask: Mask, { width, height }: Size, name: string): Mask {
  const { data } = mask
  if (mask.width !== width || mask.height !== height || data.length !== width * height) {
    throw new InputError(
      `${name} is a mask of ${mask.width}x${mask.height} with ${data.length} values; expected ${width}x${height} as the image`,
    )
  }
  let some = false
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0 && data[i] !== 1) throw new InputError(`${name} has the value ${data[i]}; expected 0 or 1`)
    if (data[i] === 1) some = true
  }
  if (!some) throw new InputError(`${name} is an empty mask; expected at least one pixel`)
  return mask
}
