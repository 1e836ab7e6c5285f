import { pad, repeated } from './border.ts'
import { checkPlane, checkWindow, type Plane } from './plane.ts'

/**
 * Median filter: each pixel becomes the middle of the sorted `window` x `window` pixels around it, edge pixels repeated
 * outwards.
 *
 * u(p) = median of v(q) over q in W(p) (Tukey 1977)
 *
 * @param window side of the window in pixels, odd
 * @throws {InputError} when the plane or the window cannot be used
 */
export function medianFilter(plane: Plane, window = 3): Plane {
  checkPlane(plane)
  checkWindow(window, 'the window of the median filter')
  const padded = pad(plane, (window - 1) / 2, repeated)
  const data = new Float32Array(plane.data.length)
  if (window === 3) medianOfNine(padded, plane.width, data)
  else slidingMedian(padded, window, plane.width, data)
  return { ...plane, data }
}

/**
 * The middle of nine is the middle of three: the greatest minimum, the middle median and the least maximum of the window's
 * columns (Smith 1996). A sorted column serves three windows.
 */
function medianOfNine({ width: stride, data: padded }: Plane, width: number, target: Float32Array): void {
  const least = new Float32Array(stride)
  const middle = new Float32Array(stride)
  const greatest = new Float32Array(stride)
  for (let row = 0; row < target.length / width; row++) {
    for (let x = 0; x < stride; x++) {
      const above = padded[row * stride + x] as number
      const here = padded[(row + 1) * stride + x] as number
      const below = padded[(row + 2) * stride + x] as number
      least[x] = Math.min(above, here, below)
      middle[x] = middleOfThree(above, here, below)
      greatest[x] = Math.max(above, here, below)
    }
    for (let x = 0; x < width; x++) {
      target[row * width + x] = middleOfThree(
        Math.max(least[x] as number, least[x + 1] as number, least[x + 2] as number),
        middleOfThree(middle[x] as number, middle[x + 1] as number, middle[x + 2] as number),
        Math.min(greatest[x] as number, greatest[x + 1] as number, greatest[x + 2] as number),
      )
    }
  }
}

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

/** Keeps the window sorted while it slides along a row: one column leaves, one enters. */
function slidingMedian(
  { width: stride, data: padded }: Plane,
  window: number,
  width: number,
  target: Float32Array,
): void {
  const sorted = new Float32Array(window * window)
  const middle = (sorted.length - 1) / 2
  for (let row = 0; row < target.length / width; row++) {
    for (let dy = 0; dy < window; dy++) {
      const start = (row + dy) * stride
      sorted.set(padded.subarray(start, start + window), dy * window)
    }
    sorted.sort()
    target[row * width] = sorted[middle] as number
    for (let x = 1; x < width; x++) {
      for (let dy = 0; dy < window; dy++) {
        const leaving = (row + dy) * stride + x - 1
        replaceSorted(sorted, padded[leaving] as number, padded[leaving + window] as number)
      }
      target[row * width + x] = sorted[middle] as number
    }
  }
}

/** Takes one value out of a sorted array and puts another in, moving only what lies between them. */
function replaceSorted(sorted: Float32Array, leaving: number, entering: number): void {
  let place = lowerBound(sorted, leaving)
  while (place + 1 < sorted.length && (sorted[place + 1] as number) < entering) {
    sorted[place] = sorted[place + 1] as number
    place++
  }
  while (place > 0 && (sorted[place - 1] as number) > entering) {
    sorted[place] = sorted[place - 1] as number
    place--
  }
  sorted[place] = entering
}

/** The first place whose value is not less than `value`. */
function lowerBound(sorted: Float32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const half = (low + high) >> 1
    if ((sorted[half] as number) < value) low = half + 1
    else high = half
  }
  return low
}
