import type { ReduceAttributes } from '../kernels/attributes.ts'
import { coordinatesOf, elementAt, tensorOf } from './indexing.ts'
import type { Values } from './values.ts'

const COMBINE = {
  sum: (a: number, b: number) => a + b,
  min: Math.min,
  max: Math.max,
}

/** Sum, minimum or maximum over some axes, which stay as size one. */
export function reduce(inputs: readonly Values[], { kind, axes }: ReduceAttributes): Values {
  const [x] = inputs as [Values]
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const reduced = coordinatesOf(x.shape.map((size, axis) => (axes.includes(axis) ? size : 1)))
  return tensorOf(kept, (...at) =>
    reduced
      .map((offset) =>
        elementAt(
          x,
          at.map((position, axis) => position + (offset[axis] as number)),
        ),
      )
      .reduce((a, b) => COMBINE[kind](a, b)),
  )
}
