import type { Shape } from '../shape.ts'
import { padToFour, stridesOf } from '../shape.ts'
import type { Values } from './values.ts'
import { zeros } from './values.ts'

/** Row-major index of coordinates, one per axis. */
function indexOf(shape: Shape, at: readonly number[]): number {
  return stridesOf(shape).reduce((index, stride, axis) => index + stride * (at[axis] as number), 0)
}

/** The element at these coordinates. */
export function elementAt(values: Values, at: readonly number[]): number {
  return values.data[indexOf(values.shape, at)] as number
}

/** Adds to the element at these coordinates. */
export function addAt(values: Values, at: readonly number[], term: number): void {
  const index = indexOf(values.shape, at)
  values.data[index] = (values.data[index] as number) + term
}

/** Every coordinate of a shape in row-major order. */
export function coordinatesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, size) =>
      prefixes.flatMap((prefix) => Array.from({ length: size }, (_, position) => [...prefix, position])),
    [[]],
  )
}

/** The tensor whose element at each coordinate is what the formula gives. */
export function tensorOf(shape: Shape, formula: (...at: number[]) => number): Values {
  const values = zeros(shape)
  coordinatesOf(shape).forEach((at, index) => {
    values.data[index] = formula(...at)
  })
  return values
}

/** The four sizes of an image batch [n, c, h, w]. */
export function imageSizes({ shape }: Values): readonly [number, number, number, number] {
  return padToFour(shape)
}

/** The inputs of an op that takes two. */
export function pairOf(inputs: readonly Values[]): readonly [Values, Values] {
  return inputs as readonly [Values, Values]
}
