import type { Plane } from '../src/plane.ts'

/** Uniform numbers from 0 up to, not including, 1 (Mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const planeOf = (width: number, height: number, value: (x: number, y: number) => number): Plane => ({
  width,
  height,
  data: Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
})

export function randomPlane(width: number, height: number, seed = 1): Plane {
  const next = uniform(seed)
  return planeOf(width, height, () => next())
}

/** The plane with Gaussian noise (Box and Muller 1958). */
export function withNoise({ width, height, data }: Plane, sigma: number, seed = 1): Plane {
  const next = uniform(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return { width, height, data: data.map((value) => value + sigma * normal()) }
}

/** A shaded ground with a disc and a bar: flat parts and edges. */
export const shapes = (size = 64): Plane =>
  planeOf(size, size, (x, y) => {
    if (Math.hypot(x - 0.3 * size, y - 0.3 * size) < 0.18 * size) return 0.85
    if (x > 0.7 * size && x < 0.8 * size && y < size / 2) return 0.1
    return 0.4 + (0.2 * x) / size
  })

/** The shapes above stripes that repeat, which only a search for alike patches can tell from noise. */
export function stripedShapes(size = 64): Plane {
  const { data } = shapes(size)
  const stripe = (x: number, y: number): number => ((x + 2 * y) % 8 < 4 ? 0.3 : 0.7)
  return planeOf(size, size, (x, y) => (y > 0.65 * size ? stripe(x, y) : (data[y * size + x] as number)))
}

/** Sides of planes, [width, height]: single lines, smaller than every window, and odd. */
export const sizes: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 9],
  [9, 1],
  [2, 2],
  [3, 5],
  [13, 11],
]

/** The value at (x, y), which may lie beyond the edges: there the plane is seen in a mirror, the last pixel twice. */
export function inMirror({ width, height, data }: Plane, x: number, y: number): number {
  const inside = (place: number, count: number): number => {
    let i = place
    while (i < 0 || i >= count) i = i < 0 ? -1 - i : 2 * count - 1 - i
    return i
  }
  return data[inside(y, height) * width + inside(x, width)] as number
}

/** The values of the window around (x, y), row by row. */
export function windowAround(x: number, y: number, window: number, value: (x: number, y: number) => number): number[] {
  const reach = (window - 1) / 2
  const values: number[] = []
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) values.push(value(x + dx, y + dy))
  return values
}

export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  // Math.max hands NaN on, so that it fails every comparison.
  return Array.from(a, (value, i) => Math.abs(value - (b[i] as number))).reduce((most, each) => Math.max(most, each), 0)
}

/** PSNR of two planes on the 0..1 scale. */
export const decibels = (a: Plane, b: Plane): number =>
  -10 * Math.log10(mean(a.data.map((value, i) => (value - (b.data[i] as number)) ** 2)))

/** By how much a value of 0..1 may differ for being stored in float32. */
export const FLOAT32 = 1e-6
