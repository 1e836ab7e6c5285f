import { InputError } from '@noisescope/core'
import { checkLevel, checkPlane, type Plane } from './plane.ts'

/** Step of the dual ascent: Chambolle proves convergence up to 1/8 and observes it up to 1/4 (section 3 of the paper). */
const STEP = 1 / 4

/** When to stop. */
export interface TotalVariationOptions {
  /** At most so many steps (200). */
  readonly iterations?: number
  /** Stops when no pixel moved by more than this in a step (1e-4, on the 0..1 scale). */
  readonly tolerance?: number
}

/**
 * Total-variation denoising by projection of the dual field.
 *
 * u = argmin |u - v|^2 / 2 + weight * sum |grad u| (Rudin, Osher and Fatemi 1992), u = v - div p, by
 * p <- (p + step grad(div p - v)) / (1 + step |grad(div p - v)| / weight)
 *
 * Source: Chambolle 2004, "An algorithm for total variation minimization and applications", equation 9, with the field scaled
 * by the weight. Differences are forward, and zero across the edges.
 * @param weight 0 leaves the plane as it is
 * @throws {InputError} when the plane, the weight or an option cannot be used
 */
export function totalVariation(
  plane: Plane,
  weight: number,
  { iterations = 200, tolerance = 1e-4 }: TotalVariationOptions = {},
): Plane {
  checkPlane(plane)
  checkLevel(weight, 'the weight of the total variation')
  checkLevel(tolerance, 'the tolerance')
  if (!Number.isInteger(iterations) || iterations < 1) {
    throw new InputError(`iterations is ${iterations}; expected a whole number from 1 up`)
  }
  const field = { across: new Float32Array(plane.data.length), down: new Float32Array(plane.data.length) }
  const data = plane.data.slice()
  for (let i = 0; i < iterations && weight > 0; i++) {
    stepField(field, data, plane.width, weight)
    if (subtractDivergence(field, plane, data) <= tolerance) break
  }
  return { ...plane, data }
}

interface Field {
  readonly across: Float32Array
  readonly down: Float32Array
}

/** One step of the dual field along the gradient of the present image. */
function stepField({ across, down }: Field, image: Float32Array, width: number, weight: number): void {
  for (let i = 0, x = 0; i < image.length; i++, x = x + 1 === width ? 0 : x + 1) {
    const value = image[i] as number
    const right = x + 1 < width ? (image[i + 1] as number) - value : 0
    const below = i + width < image.length ? (image[i + width] as number) - value : 0
    const scale = 1 / (1 + (STEP * Math.sqrt(right * right + below * below)) / weight)
    across[i] = ((across[i] as number) - STEP * right) * scale
    down[i] = ((down[i] as number) - STEP * below) * scale
  }
}

/** Writes v - div p to `target`; the largest change of a pixel. */
function subtractDivergence({ across, down }: Field, { width, data }: Plane, target: Float32Array): number {
  let change = 0
  for (let i = 0, x = 0; i < data.length; i++, x = x + 1 === width ? 0 : x + 1) {
    const left = x > 0 ? (across[i - 1] as number) : 0
    const above = i >= width ? (down[i - width] as number) : 0
    const value = (data[i] as number) - ((across[i] as number) - left + (down[i] as number) - above)
    change = Math.max(change, Math.abs(value - (target[i] as number)))
    target[i] = value
  }
  return change
}
