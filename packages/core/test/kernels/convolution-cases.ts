import fc from 'fast-check'
import { convolutionSpec } from '../../src/kernels/conv2d-geometry.ts'
import type { ConvolutionSpec } from '../../src/kernels/convolution.ts'
import type { Values } from '../../src/reference/values.ts'
import { type Shape, sizeOf } from '../../src/shape.ts'

/** Seed of every random case and value: a failure repeats. */
export const SEED = 20240607

/** Largest difference allowed, relative to the largest magnitude of the reference. */
const TOLERANCE = 1e-4
const ABSOLUTE_FLOOR = 1e-6

/** A convolution by its sizes: stride, dilation and padding (top, bottom, left, right) default to one, one and none. */
export function caseOf(
  input: Shape,
  weights: Shape,
  {
    stride = [1, 1],
    dilation = [1, 1],
    padding = [0, 0, 0, 0],
  }: { stride?: [number, number]; dilation?: [number, number]; padding?: [number, number, number, number] } = {},
): ConvolutionSpec {
  const [top, bottom, left, right] = padding
  return convolutionSpec(input, weights, { stride, dilation, padding: { top, bottom, left, right } })
}

/** The shapes that kernels get wrong: one pixel, one channel, rows of every width around a tile, odd blocks and paddings. */
export const awkwardCases: readonly ConvolutionSpec[] = [
  caseOf([1, 1, 1, 1], [1, 1, 1, 1]),
  caseOf([1, 1, 28, 28], [64, 1, 3, 3], { padding: [1, 1, 1, 1] }),
  caseOf([2, 9, 28, 28], [1, 9, 3, 3], { padding: [1, 1, 1, 1] }),
  caseOf([3, 5, 14, 14], [32, 5, 3, 3], { padding: [1, 1, 1, 1] }),
  caseOf([3, 6, 7, 7], [16, 6, 3, 3], { padding: [1, 1, 1, 1] }),
  caseOf([5, 4, 4, 4], [13, 4, 3, 3], { padding: [1, 1, 1, 1] }),
  caseOf([2, 3, 16, 16], [64, 3, 3, 3]),
  caseOf([2, 7, 14, 14], [10, 7, 3, 3], { padding: [2, 2, 2, 2] }),
  caseOf([1, 3, 19, 41], [35, 3, 3, 3], { padding: [1, 1, 1, 1] }),
  caseOf([2, 3, 9, 20], [5, 3, 3, 3], { padding: [2, 2, 2, 2], dilation: [2, 2] }),
  caseOf([2, 3, 11, 13], [5, 3, 3, 3], { padding: [1, 1, 1, 1], stride: [2, 2] }),
  caseOf([1, 4, 12, 15], [6, 4, 5, 5], { padding: [2, 2, 2, 2] }),
  caseOf([2, 18, 8, 12], [17, 18, 1, 1]),
  caseOf([1, 2, 10, 11], [3, 2, 2, 4], { padding: [0, 3, 1, 2], stride: [3, 1], dilation: [1, 2] }),
]

/** A random small convolution; every second one has stride 1. */
export const randomCase: fc.Arbitrary<ConvolutionSpec> = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    c: fc.integer({ min: 1, max: 9 }),
    k: fc.integer({ min: 1, max: 20 }),
    h: fc.integer({ min: 5, max: 18 }),
    w: fc.integer({ min: 5, max: 40 }),
    r: fc.constantFrom(1, 2, 3, 5),
    s: fc.constantFrom(1, 2, 3, 5),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 4 }))),
    stride: fc.oneof(fc.constant([1, 1]), fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))),
  })
  .map(({ n, c, h, w, k, r, s, padding, stride, dilation }) => {
    // The dilated kernel has to fit into the padded image.
    const spread = (size: number, extent: number, wanted: number): number => ((extent - 1) * wanted < size ? wanted : 1)
    return caseOf([n, c, h, w], [k, c, r, s], {
      stride: stride as [number, number],
      padding: padding as unknown as [number, number, number, number],
      dilation: [spread(h, r, dilation[0]), spread(w, s, dilation[1])],
    })
  })

/** Uniform numbers on -1..1, the same for the same shape and salt, exact in float32. */
export function randomValues(shape: Shape, salt: number): Values {
  let state = (SEED ^ (salt * 0x9e3779b9)) >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 23 - 1
  }
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, next) }
}

export function singles({ data }: Values): Float32Array {
  return Float32Array.from(data)
}

/** The case in one line, for a failure's message. */
export function showCase({ n, c, h, w, k, r, s, oh, ow, stride, dilation, padding: p }: ConvolutionSpec): string {
  return `${n}x${c}x${h}x${w} * ${k}x${c}x${r}x${s} -> ${oh}x${ow}, stride ${stride.join('x')}, dilation ${dilation.join('x')}, padding ${p.top} ${p.bottom} ${p.left} ${p.right}, seed ${SEED}`
}

/**
 * Compares a kernel's output with the reference.
 * @throws Error that names the case and the first element that is wrong or was never written.
 */
export function expectClose(output: ArrayLike<number>, reference: Values, what: string): void {
  const largest = reference.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const allowed = TOLERANCE * largest + ABSOLUTE_FLOOR
  if (output.length !== reference.data.length)
    throw new Error(`${what}: ${output.length} elements, expected ${reference.data.length}`)
  reference.data.forEach((expected, index) => {
    const value = output[index] as number
    if (!(Math.abs(value - expected) <= allowed)) {
      throw new Error(
        `${what}: element ${index} is ${value}, expected ${expected} within ${allowed} (shape ${reference.shape.join('x')})`,
      )
    }
  })
}
