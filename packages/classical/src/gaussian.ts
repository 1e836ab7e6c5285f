import { mirrored } from './border.ts'
import { checkLevel, checkPlane, type Plane } from './plane.ts'

/** Where the kernel ends, in standard deviations: along a line, what lies beyond weighs less than 1e-4 of the whole. */
const REACH = 4

/**
 * Gaussian blur, mirrored at the edges.
 *
 * u = G * v with G(x, y) proportional to exp(-(x^2 + y^2) / (2 s^2)), cut off at 4 s and normalised to the sum 1
 *
 * @param deviation s, the standard deviation of the kernel in pixels; 0 leaves the plane as it is
 * @throws {InputError} when the plane or the deviation cannot be used
 */
export function gaussianBlur(plane: Plane, deviation: number): Plane {
  checkPlane(plane)
  checkLevel(deviation, 'the standard deviation of the blur', 'in pixels')
  const { width, height, data } = plane
  const kernel = gaussianKernel(deviation)
  const alongRows = new Float64Array(data.length)
  for (let y = 0; y < height; y++) convolveLine(data, y * width, 1, width, kernel, alongRows)
  const blurred = new Float32Array(data.length)
  for (let x = 0; x < width; x++) convolveLine(alongRows, x, width, height, kernel, blurred)
  return { width, height, data: blurred }
}

function gaussianKernel(deviation: number): Float64Array {
  const radius = Math.ceil(REACH * deviation)
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    i === radius ? 1 : Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  )
  const sum = kernel.reduce((total, value) => total + value, 0)
  return kernel.map((value) => value / sum)
}

/** Convolves the `count` values from `start` on, `step` apart, and writes to the same places of `target`. */
function convolveLine(
  source: Float32Array | Float64Array,
  start: number,
  step: number,
  count: number,
  kernel: Float64Array,
  target: Float32Array | Float64Array,
): void {
  const radius = (kernel.length - 1) / 2
  const line = Float64Array.from(
    { length: count + 2 * radius },
    (_, i) => source[start + step * mirrored(i - radius, count)] as number,
  )
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let j = 0; j < kernel.length; j++) sum += (kernel[j] as number) * (line[i + j] as number)
    target[start + step * i] = sum
  }
}
