import { localMean } from './local-mean.ts'
import { checkLevel, checkPlane, checkWindow, type Plane } from './plane.ts'

/**
 * Local adaptive Wiener filter: pulls each pixel to the mean of its window, the more the closer the window's variance is to
 * the noise's; mirrored at the edges.
 *
 * u = m + max(s^2 - sigma^2, 0) / s^2 (v - m) with the local mean m and variance s^2
 *
 * Source: Lim 1990, "Two-Dimensional Signal and Image Processing", equations 9.26 to 9.29; `scipy.signal.wiener` is the same
 * but for its black surroundings.
 * @param sigma standard deviation of the noise on the 0..1 scale
 * @param window side of the window in pixels, odd
 * @throws {InputError} when the plane, sigma or the window cannot be used
 */
export function wienerFilter(plane: Plane, sigma: number, window = 5): Plane {
  checkPlane(plane)
  checkLevel(sigma, 'sigma')
  checkWindow(window, 'the window of the Wiener filter')
  const means = localMean(plane, window, (value) => value)
  const squares = localMean(plane, window, (value) => value * value)
  const data = plane.data.map((value, i) => {
    const mean = means[i] as number
    const variance = (squares[i] as number) - mean * mean
    return variance > sigma * sigma ? mean + (1 - (sigma * sigma) / variance) * (value - mean) : mean
  })
  return { ...plane, data }
}
