import type { Shape } from '../shape.ts'
import { sizeOf } from '../shape.ts'

/** A tensor of the reference: row-major float64 (u32 values are held exactly). */
export interface Values {
  readonly shape: Shape
  readonly data: Float64Array
}

/** Zeros of a shape. */
export function zeros(shape: Shape): Values {
  return { shape, data: new Float64Array(sizeOf(shape)) }
}
