import { InputError, Variable } from '@noisescope/core'

/** Strength of a template at its centre, times the number of places: tau = 0.5 / n^2. */
const TAU = 0.5
/** How fast a template falls with the distance from its centre. */
export const BETA = 4
/** Largest side of the maps; the templates of larger ones would take more than 64 MiB, and the products more still. */
export const LARGEST_SIDE = 64

/**
 * The part templates of n x n maps, one a column: [n^2, n^2 + 1], row by row.
 *
 * T_mu(p) = tau max(1 - beta |p - mu|_1 / n, -1), for a part at each place mu, in the order of the map's rows
 * T_-(p) = -tau, the last column, for a part that is nowhere
 *
 * with tau = 0.5 / n^2 and beta = 4.
 *
 * Source: Zhang, Wu and Zhu 2018, "Interpretable convolutional neural networks".
 * @throws InputError when n is not a whole number of 1 to {@link LARGEST_SIDE}.
 */
export function partTemplates(n: number): Float32Array {
  if (!Number.isSafeInteger(n) || n < 1 || n > LARGEST_SIDE) {
    throw new InputError(`part templates of ${n}x${n} places: expected a whole number of 1 to ${LARGEST_SIDE}`)
  }
  const places = n * n
  const tau = TAU / places
  const values = new Float32Array(places * (places + 1))
  for (let p = 0; p < places; p++) {
    const row = values.subarray(p * (places + 1), (p + 1) * (places + 1))
    for (let mu = 0; mu < places; mu++) {
      const distance = Math.abs((p % n) - (mu % n)) + Math.abs(Math.floor(p / n) - Math.floor(mu / n))
      row[mu] = tau * Math.max(1 - (BETA * distance) / n, -1)
    }
    row[places] = -tau
  }
  return values
}

const known = new Map<number, Variable>()

/** The templates as a variable [n^2, n^2 + 1] that nothing changes: one for all graphs, so a device holds it once. */
export function templatesVariable(n: number): Variable {
  const found = known.get(n)
  if (found !== undefined) return found
  const variable = new Variable(`part_templates_${n}`, [n * n, n * n + 1], partTemplates(n))
  known.set(n, variable)
  return variable
}
