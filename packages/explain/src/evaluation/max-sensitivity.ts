import { keyFrom, random } from '@noisescope/core'
import { checkAboveZero, checkWhole } from '../check-options.ts'
import type { Explainer } from '../explainer.ts'
import type { ExplanationMap } from '../map.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import { chosenMap, type RepeatedChoice, repeated } from './chosen-map.ts'
import { checkFinite } from './map-values.ts'

export interface MaxSensitivityOptions extends RepeatedChoice {
  /** Perturbed images; 10 if not given. */
  readonly draws?: number
  /** Each value of the image moves by a uniform draw of at most this, on the 0..1 scale; 0.02 if not given. */
  readonly radius?: number
  /** Of the draws; 0 if not given. */
  readonly seed?: number
}

export interface MaxSensitivity {
  /** The greatest of `sensitivities`: 0 for an explanation that does not move; null where the map is zero everywhere. */
  readonly maxSensitivity: number | null
  /** |map(y') - map(y)| / |map(y)| of each draw, Euclidean. */
  readonly sensitivities: readonly number[]
}

/**
 * Max-sensitivity: how far an explanation moves when the noisy image moves a little. Only its noisy image is perturbed, so a
 * path from the clean image keeps its start.
 *
 * SENS_MAX = max over draws y' = y + U(-radius, radius) of |map(y') - map(y)| / |map(y)|
 *
 * Source: Yeh et al. 2019, "On the (in)fidelity and sensitivity of explanations", and Captum's division by
 * |map(y)|, so that scales of maps do not matter.
 * @throws InputError when the explainer has no such map, a map holds NaN, or an option is unusable.
 */
export async function maxSensitivity(
  session: ExplainSession,
  subject: Subject,
  explainer: Explainer,
  options: MaxSensitivityOptions = {},
): Promise<MaxSensitivity> {
  const { draws = 10, radius = 0.02, seed = 0, fixedCost = true, ...choice } = options
  checkWhole('max-sensitivity', 'draws', draws)
  checkAboveZero('max-sensitivity', 'radius', radius)
  const made = repeated(explainer, fixedCost)
  const mapAt = async (noisy: Float32Array): Promise<ExplanationMap> => {
    const map = await chosenMap(session, { ...subject, noisy }, made, choice)
    checkFinite(map, 'max-sensitivity')
    return map
  }
  const { data: original } = await mapAt(subject.noisy)
  const length = lengthOf(original, () => 0)
  if (length === 0) return { maxSensitivity: null, sensitivities: [] }
  const sensitivities: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const moves = random('uniform', keyFrom(seed, draw), subject.noisy.length)
    const noisy = subject.noisy.map((value, i) => value + radius * (2 * (moves[i] as number) - 1))
    const { data } = await mapAt(noisy)
    sensitivities.push(lengthOf(data, (i) => original[i] as number) / length)
  }
  return { maxSensitivity: Math.max(...sensitivities), sensitivities }
}

/** Euclidean length of a map less another. */
function lengthOf(data: Float32Array, other: (i: number) => number): number {
  let total = 0
  for (let i = 0; i < data.length; i++) total += ((data[i] as number) - other(i)) ** 2
  return Math.sqrt(total)
}
