import { type Completeness, completenessOf, type ExplainContext } from '../explainer.ts'
import { imagesAt } from '../points.ts'
import { gaussLegendre, type Node } from './gauss-legendre.ts'

/** How a path is integrated over: by one rule, or by rules of ever more nodes until the map is good enough. */
export type Rule =
  | {
      readonly refine: false
      /** Gauss-Legendre nodes over the whole path. */
      readonly nodes: number
    }
  | {
      readonly refine: true
      /** Wanted: the map's error, as `PathIntegral.error` estimates it. */
      readonly error: number
      /** Wanted: |sum of the parts - (T(end) - T(start))| as a share of |T(end) - T(start)|. */
      readonly gap: number
      /** Gradients that are computed at most. */
      readonly maxEvaluations: number
    }

export interface PathIntegral {
  /** (y - from) times the integral of dT/dy along the path, [c, h, w]. */
  readonly shares: Float64Array
  /** Of the sum of the shares with T(y) - T(from). */
  readonly completeness: Completeness
  /** T at the path's start. */
  readonly start: number
  /** Gradients that were computed. */
  readonly evaluations: number
  /**
   * Where it is refined: the length of what the last doubling of the nodes changed in the shares, or half of what the one before
   * did where that is more, as a share of their length. Where the gradient jumps along the path, errors halve with every doubling
   * on the whole, and this is about what is left: more where many ReLUs switch, up to three times less where few do.
   */
  readonly error?: number
  /** Where it is refined: error and gap are as wanted, or the gap is float32's rounding of T. */
  readonly refined?: boolean
}

/** Parts of the angle of the coarsest rule that is refined: its 31 nodes and the first doubling fill batches of 32. */
const FIRST_PARTS = 32
/** Gradients of the first look at a path. */
export const FIRST_EVALUATIONS = FIRST_PARTS - 1

/**
 * T differs from itself by about so much of it where a network is computed twice, by other kernels or at images that differ in
 * the last digit: a few of float32's roundings (6e-8), from sums over some hundred products in each layer.
 */
const ROUNDING = 4e-7

/**
 * The integral of the gradient along the straight line from an image [c, h, w] to the noisy one.
 *
 * Refined by doubling the nodes of one rule, which keeps those that it has: the trapezoidal rule in the angle t of the place
 * a = (1 - cos t) / 2, its weights scaled to add up to 1. Nodes at j pi / n with weights proportional to sin(j pi / n), none at
 * the ends, where images are often special (black pixels lie on the ReLUs' edges). For a smooth gradient it is exact to the square
 * of the spacing; a network's gradient jumps, and then every rule's error is about one over its nodes, with which Gauss-Legendre
 * has no more (`pnpm bench:noise-path`). Doubling ends when what it changes in the map, and the gap, are as wanted.
 *
 * Source: the rule in the angle is that of Clenshaw and Curtis 1960, "A method for numerical integration on an automatic computer",
 * before the cosine expansion.
 */
export async function pathIntegral(context: ExplainContext, from: Float32Array, rule: Rule): Promise<PathIntegral> {
  const { noisy } = context
  const [start = Number.NaN, end = Number.NaN] = await context.values(
    imagesAt(2, (index) => (index === 0 ? from : noisy)),
  )
  const expected = end - start
  if (!rule.refine) {
    const shares = sharesOf(await weighedGradients(context, from, [gaussLegendre(rule.nodes)]), from, noisy)
    return { shares, start, completeness: completenessOf(expected, total(shares)), evaluations: rule.nodes }
  }
  const resolution = ROUNDING * Math.max(Math.abs(start), Math.abs(end))
  const places = anglePlaces(FIRST_PARTS)
  let sums = await weighedGradients(context, from, [keptOf(keptOf(places)), newOf(keptOf(places)), newOf(places)])
  let change = relativeChange(sharesOf(sums.slice(0, 1), from, noisy), sharesOf(sums.slice(0, 2), from, noisy))
  for (let parts = FIRST_PARTS; ; parts *= 2) {
    const shares = sharesOf(sums, from, noisy)
    const last = relativeChange(sharesOf(sums.slice(0, -1), from, noisy), shares)
    const error = Math.max(last, change / 2)
    change = last
    const completeness = completenessOf(expected, total(shares))
    const complete = Math.abs(completeness.gap) <= Math.max(rule.gap * Math.abs(expected), resolution)
    const refined = complete && error <= rule.error
    const evaluations = parts - 1
    if (refined || evaluations + parts > rule.maxEvaluations || !Number.isFinite(error)) {
      return { shares, start, completeness, evaluations, error, refined }
    }
    sums = [sums.reduce(added), ...(await weighedGradients(context, from, [newOf(anglePlaces(2 * parts))]))]
  }
}

/** Places at multiples of a part of the angle, the ends left out, weighed by its sine. */
const anglePlaces = (parts: number): Node[] =>
  Array.from({ length: parts - 1 }, (_, i) => {
    const angle = ((i + 1) * Math.PI) / parts
    return { at: (1 - Math.cos(angle)) / 2, weight: Math.sin(angle) }
  })

/** Of places, those that half as many parts have too, and the others. */
const keptOf = (places: readonly Node[]): Node[] => places.filter((_, i) => i % 2 === 1)
const newOf = (places: readonly Node[]): Node[] => places.filter((_, i) => i % 2 === 0)

/** A weighed sum of gradients [c, h, w]. */
interface WeighedSum {
  readonly sum: Float64Array
  readonly weight: number
}

/** Of each group of places on the line from an image to the noisy one, the weighed sum of its gradients. */
async function weighedGradients(
  context: ExplainContext,
  from: Float32Array,
  groups: readonly (readonly Node[])[],
): Promise<WeighedSum[]> {
  const { noisy } = context
  const sums = groups.map((nodes) => ({
    sum: new Float64Array(noisy.length),
    weight: nodes.reduce((all, { weight }) => all + weight, 0),
  }))
  const nodes = groups.flatMap((group, g) =>
    group.map((node) => ({ ...node, sum: sums[g]?.sum ?? new Float64Array() })),
  )
  const imageAt = (index: number): Float32Array => {
    const at = nodes[index]?.at ?? 0
    return from.map((value, i) => value + at * ((noisy[i] as number) - value))
  }
  await context.gradients(imagesAt(nodes.length, imageAt), (gradient, _, index) => {
    const { weight = 0, sum = new Float64Array() } = nodes[index] ?? {}
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + weight * (gradient[i] as number)
  })
  return sums
}

const added = (a: WeighedSum, b: WeighedSum): WeighedSum => ({
  sum: a.sum.map((value, i) => value + (b.sum[i] as number)),
  weight: a.weight + b.weight,
})

/** The change along the path times the mean gradient of all sums together. */
function sharesOf(sums: readonly WeighedSum[], from: Float32Array, to: Float32Array): Float64Array {
  const { sum, weight } = sums.reduce(added)
  return sum.map((value, i) => (((to[i] as number) - (from[i] as number)) * value) / weight)
}

/** |after - before| / |after|, lengths of vectors; 0 where both are 0. */
function relativeChange(before: Float64Array, after: Float64Array): number {
  const change = length(after.map((value, i) => value - (before[i] as number)))
  return change === 0 ? 0 : change / length(after)
}

const length = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
