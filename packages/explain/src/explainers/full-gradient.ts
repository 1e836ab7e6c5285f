import { add, mul, sameShape, type Tensor, topological } from '@noisescope/core'
import { biasTerms } from '../decomposition.ts'
import type { TargetGraph } from '../explainer.ts'

/** Names of the terms of inputs. */
export const IMAGE = 'image'
export const NOISE_LEVEL = 'noise level'

/** A part of the target, place by place. */
export interface FullGradientTerm {
  /** The input (IMAGE, NOISE_LEVEL), or the layer, and behind a stroke the operation where a bias is implicit. */
  readonly name: string
  /**
   * 'input'; the 'bias' that a layer adds; the 'implicit' bias of an operation that is not linear; or what the 'target' itself
   * adds, behind the network.
   */
  readonly kind: 'input' | 'bias' | 'implicit' | 'target'
  /** dT/dv of the input, or of what the layer puts out, [n, c, h, w]. */
  readonly gradient: Tensor
  /** The gradient times the input, or the bias: its sum is the term's part of T. */
  readonly contribution: Tensor
}

/**
 * The full gradient of a target, each layer's biases in one term: T is the sum of all contributions.
 *
 * T(y) = sum(g_y y) + sum over layers of sum(g_l b_l)
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization".
 * @throws InputError when the target depends on an operation whose bias is not known.
 */
export function fullGradient({
  target,
  inputs,
  gradients,
}: Pick<TargetGraph, 'target' | 'inputs' | 'gradients'>): FullGradientTerm[] {
  const order = topological([target])
  const [image, ...levels] = inputs
  const parts = [
    ...(image === undefined ? [] : [{ name: IMAGE, kind: 'input' as const, node: image, factor: image }]),
    ...levels
      .flatMap((level) => spread(level, order))
      .map((node) => ({ name: NOISE_LEVEL, kind: 'input' as const, node, factor: node })),
    ...biasTerms(target, inputs).map(({ name, node, bias }) => ({ name, kind: kindOf(node), node, factor: bias })),
  ]
  const slopes = gradients(parts.map(({ node }) => node))
  const terms = new Map<string, FullGradientTerm>()
  for (const [i, { name: plain, kind, factor }] of parts.entries()) {
    const gradient = slopes[i]
    if (gradient === undefined) continue
    const contribution = mul(gradient, factor)
    const same = terms.get(plain)
    const name = same === undefined || sameShape(same.gradient.shape, gradient.shape) ? plain : `${plain} ${i}`
    const before = terms.get(name)
    terms.set(name, {
      name,
      kind,
      gradient,
      contribution: before === undefined ? contribution : add(before.contribution, contribution),
    })
  }
  return [...terms.values()]
}

function kindOf({ layer, op }: Tensor): FullGradientTerm['kind'] {
  if (layer === '') return 'target'
  return op.name === 'add' || op.name === 'sub' ? 'bias' : 'implicit'
}

const COPYING: ReadonlySet<string> = new Set(['broadcast', 'reshape'])

/** The maps that an input of one value is spread to before anything is computed with it; else the input itself. */
function spread(input: Tensor, order: readonly Tensor[]): Tensor[] {
  const readers = order.filter((node) => node.inputs.includes(input))
  const copied = readers.length > 0 && readers.every(({ op }) => COPYING.has(op.name))
  return copied ? readers.flatMap((reader) => spread(reader, order)) : [input]
}
