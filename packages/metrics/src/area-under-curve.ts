import { InputError } from '@noisescope/core'
import { assertFinite } from './check.ts'

/**
 * Area under a curve over 0..1 that is given at equal steps, by the trapezoid: (sum - half the ends) / (steps - 1), so
 * a curve that is 1 everywhere has the area 1.
 * @throws {InputError} when there are fewer than two values, or one is not finite.
 */
export function areaUnderCurve(values: ArrayLike<number>): number {
  const steps = values.length
  if (steps < 2) throw new InputError(`the curve has ${steps} values; expected at least two, its ends`)
  assertFinite(values, 'the curve')
  let sum = 0
  for (let i = 0; i < steps; i++) sum += values[i] as number
  const ends = (values[0] as number) + (values[steps - 1] as number)
  return (sum - ends / 2) / (steps - 1)
}
