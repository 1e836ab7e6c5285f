import { clamp } from '../numbers.ts'
/** A round brush, in pixels of the image. */
export interface Brush {
  /** Smaller ones than would be sure to reach the middle of the pixel under the pointer are taken for as large as that. */
  readonly radius: number
  /** `hard`: weight 1 within the radius; `soft`: from 1 in the middle smoothly to 0 at the radius. */
  readonly edge: 'hard' | 'soft'
}

/** A place of an image: pixel (i, j) reaches from i to i + 1 and from j to j + 1. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Weights of the pixels of an image, [h, w], each 0..1. */
export interface BrushMask {
  readonly width: number
  readonly height: number
  readonly weights: Float32Array
}

export const emptyMask = (width: number, height: number): BrushMask => ({
  width,
  height,
  weights: new Float32Array(width * height),
})

/** The middle of a pixel is at most half its diagonal away; a soft brush has a weight there worth the name. */
const LEAST_RADIUS: Readonly<Record<Brush['edge'], number>> = { hard: Math.SQRT1_2, soft: 1 }

/**
 * Adds a straight stroke to a mask; a stroke from a point to itself is a dab. Where it meets what was painted before, the larger
 * weight stays, so that a stroke in many pieces is the same as in one. The pixels at its ends are always painted.
 * @returns whether anything changed
 */
export function paintStroke(mask: BrushMask, from: Point, to: Point, { radius: asked, edge }: Brush): boolean {
  const { width, height, weights } = mask
  const radius = Math.max(asked, LEAST_RADIUS[edge])
  const left = Math.max(Math.floor(Math.min(from.x, to.x) - radius), 0)
  const right = Math.min(Math.floor(Math.max(from.x, to.x) + radius), width - 1)
  const top = Math.max(Math.floor(Math.min(from.y, to.y) - radius), 0)
  const bottom = Math.min(Math.floor(Math.max(from.y, to.y) + radius), height - 1)
  let changed = false
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const share = distance({ x: x + 0.5, y: y + 0.5 }, from, to) / radius
      const weight = share > 1 ? 0 : edge === 'hard' ? 1 : softWeight(share)
      if (weight <= (weights[y * width + x] as number)) continue
      weights[y * width + x] = weight
      changed = true
    }
  }
  return changed
}

/** 1 in the middle, 0 at the edge, flat at both. */
const softWeight = (share: number): number => Math.fround(0.5 + 0.5 * Math.cos(Math.PI * share))

/** From a point to the nearest one of a line from `a` to `b`. */
function distance(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / length
  const share = clamp(along, 0, 1)
  const [right, down] = [point.x - a.x - share * dx, point.y - a.y - share * dy]
  return Math.sqrt(right * right + down * down)
}
