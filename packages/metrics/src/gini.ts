import { InputError } from '@noisescope/core'
import { assertFinite } from './check.ts'

/**
 * Gini coefficient of values from 0 up: 0 when all are equal, (n - 1) / n when one has everything; null when all are 0.
 *
 * G = sum over i of (2 i - n - 1) v_i / (n sum over i of v_i), v ascending, i from 1 to n
 *
 * Source: Dorfman 1979, "A formula for the Gini coefficient", in the form for sorted values.
 * @throws {InputError} when there is no value, or one is negative or not finite.
 */
export function gini(values: ArrayLike<number>): number | null {
  if (values.length === 0) throw new InputError('there are no values; expected at least one')
  assertFinite(values, 'the list of values')
  const ascending = Float64Array.from(values).sort()
  if ((ascending[0] as number) < 0) {
    throw new InputError(`the least value is ${ascending[0]}; expected values from 0 up; take magnitudes first`)
  }
  const n = ascending.length
  let [total, weighted] = [0, 0]
  for (let i = 0; i < n; i++) {
    total += ascending[i] as number
    weighted += (2 * (i + 1) - n - 1) * (ascending[i] as number)
  }
  return total === 0 ? null : weighted / (n * total)
}

/**
 * Diffusion index of an attribution map, 100 (1 - G), G the Gini coefficient of its magnitudes: 100 when all pixels
 * matter equally, 100 / n when one of n pixels alone does; null when the map is all 0. It depends on the number of
 * pixels, so it compares maps of equal size only.
 *
 * Source: Gu and Dong 2021, "Interpreting super-resolution networks with local attribution maps".
 * @throws {InputError} when the map is empty or a value is not finite.
 */
export function diffusionIndex(map: ArrayLike<number>): number | null {
  const concentration = gini(Float64Array.from(map, Math.abs))
  return concentration === null ? null : 100 * (1 - concentration)
}
