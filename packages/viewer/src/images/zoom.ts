import { clamp } from '../numbers.ts'
import type { Zoom } from '../ui/scene.ts'

const MAX_ZOOM = 32
/** Of one press of a key or button. */
export const ZOOM_STEP = 1.5

/** Enlarged by a factor about a point of the image (shares of its width and height), which stays where it is. */
export function zoomedAbout({ factor, left, top }: Zoom, by: number, x: number, y: number): Zoom {
  const next = clamp(factor * by, 1, MAX_ZOOM)
  return kept({ factor: next, left: x - ((x - left) * factor) / next, top: y - ((y - top) * factor) / next })
}

/** Moved by shares of the image. */
export const shifted = ({ factor, left, top }: Zoom, right: number, down: number): Zoom =>
  kept({ factor, left: left + right, top: top + down })

/** Moved as little as it takes to have a point (shares of width and height) in sight. */
export function showing(zoom: Zoom, x: number, y: number): Zoom {
  const seen = 1 / zoom.factor
  const along = (start: number, point: number) => clamp(start, point - 0.95 * seen, point - 0.05 * seen)
  return kept({ factor: zoom.factor, left: along(zoom.left, x), top: along(zoom.top, y) })
}

/** Within the image. */
function kept({ factor, left, top }: Zoom): Zoom {
  const most = 1 - 1 / factor
  return { factor, left: clamp(left, 0, most), top: clamp(top, 0, most) }
}
