import type { Plane } from './plane.ts'

/** Which of `count` pixels stands at place `i`, which may lie beyond the ends. */
export type Border = (i: number, count: number) => number

/** The last pixel goes on for ever: a a a | a b c | c c c. */
export const repeated: Border = (i, count) => Math.min(Math.max(i, 0), count - 1)

/** The image is seen in a mirror at its edge, the last pixel twice: c b a | a b c | c b a. */
export const mirrored: Border = (i, count) => {
  const period = 2 * count
  const place = ((i % period) + period) % period
  return place < count ? place : period - 1 - place
}

/** The plane with `left` and `top` pixels before it and enough behind it to be `width` x `height`. */
export function extend(
  plane: Plane,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
  border: Border,
): Plane {
  const columns = Int32Array.from({ length: width }, (_, x) => border(x - left, plane.width))
  const data = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = border(y - top, plane.height) * plane.width
    for (let x = 0; x < width; x++) data[y * width + x] = plane.data[row + (columns[x] as number)] as number
  }
  return { width, height, data }
}

/** The plane with `margin` more pixels on every side. */
export function pad(plane: Plane, margin: number, border: Border): Plane {
  const size = { left: margin, top: margin, width: plane.width + 2 * margin, height: plane.height + 2 * margin }
  return extend(plane, size, border)
}
