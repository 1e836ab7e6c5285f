import {
  abs,
  add,
  div,
  gradients,
  InputError,
  max,
  min,
  resizeBilinear,
  type Shape,
  showShape,
  sizeOf,
  sub,
  sum,
  type Tensor,
} from '@noisescope/core'
import { completenessOf, type ExplainContext, type Findings } from '../explainer.ts'
import { type ExplanationMap, explanationMap } from '../map.ts'
import type { Size } from '../traced-model.ts'
import { type FullGradientTerm, IMAGE, NOISE_LEVEL } from './full-gradient.ts'

/**
 * 'layer': magnitudes, each term's map from 0 to 1, as the authors do; 'none': magnitudes in units of the target, so that large
 * terms stay large; 'sum': with their signs, so that each term's map adds up to its part of the target.
 */
export type Rescale = 'layer' | 'none' | 'sum'

export interface FullGradMapOptions {
  /** 'layer' if not given. */
  readonly rescale?: Rescale
  /**
   * Maps of implicit biases too (of sigmoid, tanh and products); false if not given, since the authors' maps are of the input
   * and of what convolutions and batch norms add. The decomposition has them either way: without them it is not complete. With
   * them a map rescaled by 'sum' adds up to the target, but for what the target itself adds.
   */
  readonly implicit?: boolean
}

const RESCALES: readonly string[] = ['layer', 'none', 'sum'] satisfies Rescale[]

/** Refuses another rescaling. @throws InputError */
export function checkRescale(method: string, rescale: Rescale): void {
  if (!RESCALES.includes(rescale)) {
    throw new InputError(`${method}: there is no rescaling ${rescale}; expected one of ${RESCALES.join(', ')}`)
  }
}

/** A method's name, and that its maps have signs where they do. */
export const rescaledTitle = (title: string, rescale: Rescale): string =>
  rescale === 'sum' ? `Signed ${title}` : title

/** Keeps a flat map from a division by zero; as in the authors' code. */
const FLAT = 1e-6

/**
 * psi summed over the channels: |z| rescaled jointly over the channels and pixels of a term, and interpolated to the size of the
 * image, corner pixels on corner pixels.
 *
 * psi(z) = bilinear((|z| - min |z|) / (max |z| - min |z| + 1e-6))
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization", as in
 * github.com/idiap/fullgrad-saliency, fullgrad.py. The sum goes first, since interpolation is linear.
 * @param z [1, c, h, w] @param samples where z is a mean over so many: 'layer' rescales their sum, beside which 1e-6 is that
 * much smaller. @returns [1, 1, height, width]
 */
export function psi(z: Tensor, { width, height }: Size, rescale: Exclude<Rescale, 'sum'>, samples = 1): Tensor {
  const size = abs(z)
  const least = min(size)
  const rescaled = rescale === 'none' ? size : div(sub(size, least), add(sub(max(size), least), FLAT / samples))
  return resizeBilinear(sum(rescaled, [1]), [height, width], true)
}

/**
 * What a term's map is made of its contributions [1, c, h, w] by, [1, 1, height, width].
 * @param samples as of {@link psi}. @throws InputError as {@link spread} does.
 */
export const termMap = (z: Tensor, size: Size, rescale: Rescale, samples?: number): Tensor =>
  rescale === 'sum' ? spread(z, size) : psi(z, size, rescale, samples)

/**
 * The sum over the channels with their signs, interpolated as psi is, each place's value divided by the weights that
 * interpolation gives it, so that the sum over the map is that over z.
 * @throws InputError when the places are more than the pixels on a side: interpolation would pass over some.
 */
function spread(z: Tensor, { width, height }: Size): Tensor {
  const [, , h = 1, w = 1]: Shape = z.shape
  if (h > height || w > width) {
    throw new InputError(
      `a term of ${showShape(z.shape)} has more places than the image of ${width}x${height}; expected rescale layer or none`,
    )
  }
  const interpolated = (places: Tensor): Tensor => resizeBilinear(places, [height, width], true)
  const places = sum(z, [1])
  const [weights] = gradients(sum(interpolated(places)), [places])
  return interpolated(weights === undefined ? places : div(places, weights))
}

/** The terms that say where in the image they act, by the network and not by the target itself. */
export const mappedTerms = (terms: readonly FullGradientTerm[], implicit: boolean): FullGradientTerm[] =>
  terms.filter(
    ({ kind, gradient }) =>
      kind !== 'target' && (implicit || kind !== 'implicit') && sizeOf(gradient.shape.slice(1)) > 1,
  )

/** 'input', the sum of the terms' maps, and each of them by the term's name. */
export function fullGradMaps(
  { width, height, saturated }: Pick<ExplainContext, 'width' | 'height' | 'saturated'>,
  maps: readonly (readonly [name: string, map: Float32Array])[],
  rescale: Rescale,
): ExplanationMap[] {
  const total = new Float64Array(width * height)
  for (const [, map] of maps) for (const [i, value] of map.entries()) total[i] = (total[i] as number) + value
  const units = rescale === 'layer' ? 'rescaled' : 'target'
  const signed = rescale === 'sum'
  const all: (readonly [string, Float32Array])[] = [['input', Float32Array.from(total)], ...maps]
  return all.map(([name, data]) => explanationMap({ name, shape: [height, width], data, signed, units }, { saturated }))
}

/** What each term brings to T, 'input image', 'bias conv_3', and how near they come to it together. */
export function sumOfParts(
  expected: number,
  parts: readonly (readonly [name: string, part: ArrayLike<number>])[],
): Required<Pick<Findings, 'completeness' | 'values'>> {
  const values = parts.map(([name, part]): [string, number] => [
    `${name === IMAGE || name === NOISE_LEVEL ? 'input' : 'bias'} ${name}`,
    part[0] ?? Number.NaN,
  ])
  return {
    completeness: completenessOf(
      expected,
      values.reduce((total, [, part]) => total + part, 0),
    ),
    values: Object.fromEntries(values),
  }
}
