import { localMean } from './local-mean.ts'
import { checkPlane, checkWindow, type Plane } from './plane.ts'

/**
 * Mean (box) filter: each pixel becomes the mean of the `window` x `window` pixels around it, mirrored at the edges.
 *
 * u(p) = sum over q in W(p) of v(q) / |W|
 *
 * @param window side of the window in pixels, odd
 * @throws {InputError} when the plane or the window cannot be used
 */
export function meanFilter(plane: Plane, window = 3): Plane {
  checkPlane(plane)
  checkWindow(window, 'the window of the mean filter')
  return { ...plane, data: Float32Array.from(localMean(plane, window, (value) => value)) }
}
