import { ShapeError } from './errors.ts'

/** Sizes of a tensor, outermost first; images are [n, c, h, w], convolution weights [out, in, kh, kw], a scalar is []. */
export type Shape = readonly number[]

/** Most dimensions a tensor may have: what NCHW images need. */
export const MAX_RANK = 4

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}

/** The shape as people write it: 48x1x28x28, or scalar. */
export function showShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x')
}

/** The shape with leading ones up to rank four: [n, c, h, w]. */
export function padToFour(shape: Shape): readonly [number, number, number, number] {
  const [n = 1, c = 1, h = 1, w = 1] = [...Array<number>(MAX_RANK - shape.length).fill(1), ...shape]
  return [n, c, h, w]
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number)
  }
  return strides
}

/**
 * The shape that NumPy's broadcasting gives.
 * @throws ShapeError when a pair of sizes is neither equal nor one.
 */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let size = 1
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1
      if (own !== 1 && size !== 1 && own !== size) {
        throw new ShapeError(`cannot broadcast ${shapes.map(showShape).join(' with ')}: sizes must be equal or one`)
      }
      if (own !== 1) size = own
    }
    return size
  })
}

/** Refuses shapes that no tensor can have. */
export function checkShape(shape: Shape): void {
  if (shape.length > MAX_RANK || shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw new ShapeError(
      `shape ${showShape(shape)} is not usable: expected at most ${MAX_RANK} sizes, each a whole number of at least 1`,
    )
  }
}
