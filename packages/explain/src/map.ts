import { InputError } from '@noisescope/core'

/**
 * What a map is good for: 'ok'; 'flat', the same everywhere, so it says nothing; 'not-finite', with NaN or infinity in it;
 * 'saturated', made of gradients that the network's end (sigmoid at 0 or 1) has swallowed.
 */
export type MapStatus = 'ok' | 'flat' | 'not-finite' | 'saturated'

/** Values for each pixel of an image or place of a layer. */
export interface ExplanationMap {
  /** The layer, or 'input'. */
  readonly name: string
  /** Tells maps of one name apart, and what a map of something else than a layer or the input is. */
  readonly title?: string
  /** [h, w], or [c, h, w] where each channel has its own. */
  readonly shape: readonly number[]
  readonly data: Float32Array
  /** Values below zero mean the opposite of those above; otherwise there are none. */
  readonly signed: boolean
  /** What a value is: '1' (share of the target by unit of brightness), 'target', ... */
  readonly units: string
  /** Least and greatest finite value; of a map without any 0 and 0. */
  readonly range: readonly [number, number]
  readonly status: MapStatus
}

/** A map with its range and status, found from its values. */
export function explanationMap(
  { name, title, shape, data, signed, units }: Omit<ExplanationMap, 'range' | 'status'>,
  { saturated = false }: { readonly saturated?: boolean } = {},
): ExplanationMap {
  const size = shape.reduce((a, b) => a * b, 1)
  if (data.length !== size) {
    throw new InputError(`the map ${name} has ${data.length} values; expected ${size} for ${shape.join('x')}`)
  }
  let [least, greatest, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true]
  for (const value of data) {
    if (!Number.isFinite(value)) finite = false
    else [least, greatest] = [Math.min(least, value), Math.max(greatest, value)]
  }
  const range: [number, number] = least > greatest ? [0, 0] : [least, greatest]
  const status = !finite ? 'not-finite' : range[0] === range[1] ? 'flat' : saturated ? 'saturated' : 'ok'
  return { name, ...(title === undefined ? {} : { title }), shape, data, signed, units, range, status }
}
