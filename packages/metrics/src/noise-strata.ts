import { InputError } from '@noisescope/core'
import { assertThreshold } from './check.ts'
import { OBJECT_THRESHOLD } from './regions.ts'

/** What counts as noise, as removed, and as object; all on the image's scale of 0..1. */
export interface SeparationOptions {
  /**
   * A pixel is corrupted where |n| is above this; 0.1 unless given, so that pepper on an object of the usual threshold
   * always counts.
   */
  readonly tau?: number | undefined
  /** A pixel counts as removed where |r| is above this; `tau` unless given. */
  readonly delta?: number | undefined
  /** A clean pixel above this is object, where no mask is given; 0.1 unless given. Report 0.1 and 0.5. */
  readonly objectThreshold?: number | undefined
  /** Where bins of |n| meet, ascending and above tau; those of 0.2, 0.4, 0.6, 0.8 above tau unless given. */
  readonly sizeEdges?: readonly number[] | undefined
}

/** {@link SeparationOptions} with nothing left out. */
export interface SeparationScheme {
  readonly tau: number
  readonly delta: number
  readonly objectThreshold: number
  readonly sizeEdges: readonly number[]
}

/** Noise of one sign and about one size: `above` < |n| <= `upTo`. */
export interface NoiseStratum {
  /** 1 where noise brightens (salt), -1 where it darkens (pepper). */
  readonly sign: 1 | -1
  readonly above: number
  /** null for no limit. */
  readonly upTo: number | null
}

const DEFAULT_TAU = 0.1
const DEFAULT_SIZE_EDGES = [0.2, 0.4, 0.6, 0.8]

/** @throws {InputError} when a threshold is not positive, or the edges do not ascend from tau. */
export function separationScheme(options: SeparationOptions): SeparationScheme {
  const { tau = DEFAULT_TAU, objectThreshold = OBJECT_THRESHOLD } = options
  const { delta = tau, sizeEdges = DEFAULT_SIZE_EDGES.filter((edge) => edge > tau) } = options
  assertThreshold(tau, 'tau')
  assertThreshold(delta, 'delta')
  assertThreshold(objectThreshold, 'the object threshold')
  const ascending = sizeEdges.every((edge, i) => Number.isFinite(edge) && edge > (sizeEdges[i - 1] ?? tau))
  if (!ascending) {
    throw new InputError(
      `the edges between sizes of noise are ${sizeEdges.join(', ')}; expected numbers that ascend from tau = ${tau}`,
    )
  }
  return { tau, delta, objectThreshold, sizeEdges }
}

/** Strata of a scheme in the order of {@link stratumIndex}: noise that brightens by size, then noise that darkens. */
export function noiseStrata({ tau, sizeEdges }: Pick<SeparationScheme, 'tau' | 'sizeEdges'>): NoiseStratum[] {
  const limits = [tau, ...sizeEdges]
  return ([1, -1] as const).flatMap((sign) => limits.map((above, i) => ({ sign, above, upTo: sizeEdges[i] ?? null })))
}

/** The stratum of noise `n`, or of a removal of as much; what is no larger than tau is in the lowest of its sign. */
export function stratumIndex(n: number, sizeEdges: readonly number[]): number {
  const size = Math.abs(n)
  let bin = 0
  while (bin < sizeEdges.length && size > (sizeEdges[bin] as number)) bin++
  return n > 0 ? bin : sizeEdges.length + 1 + bin
}
