import { sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import {
  checkRescale,
  type FullGradMapOptions,
  fullGradMaps,
  mappedTerms,
  rescaledTitle,
  sumOfParts,
  termMap,
} from './full-grad-maps.ts'
import { fullGradient } from './full-gradient.ts'
import { named, prefixed } from './prefixed.ts'

/**
 * FullGrad: the input's part of the target and that of every bias, where in the image they act.
 *
 * map = sum over c of psi(g_y y)_c + sum over layers of sum over c of psi(g_l b_l)_c
 * T = sum(g_y y) + sum over layers of sum(g_l b_l) + sum over other operations of sum(g_o b_o), b_o = op(z) - J_op(z) z
 *
 * Maps: 'input', the first sum; 'image', its first part; and one for each term, all at the size of the image. They are of the
 * layers that add something, as the authors' are; with `implicit` also of the operations that are not piecewise linear (sigmoid,
 * tanh, products). Values: what each term brings to T: 'input image', 'input noise level' (of a network that is told it), 'bias
 * conv_3', 'bias tanh/tanh' (implicit, there whether it has a map or not). They add up to T, as `completeness` says; the maps do
 * not, unless they are rescaled by 'sum', each to its part.
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization"; see `psi`.
 * @throws InputError when rescale is unusable; on explaining when the network has an operation whose bias is not known.
 */
export function fullGrad({ rescale = 'layer', implicit = false }: FullGradMapOptions = {}): Explainer {
  checkRescale('fullgrad', rescale)
  return {
    name: 'fullgrad',
    title: rescaledTitle('FullGrad', rescale),
    options: { rescale, implicit },
    trace: (graph) => {
      const [, , height = 1, width = 1] = graph.noisy.shape
      const terms = fullGradient(graph)
      return {
        ...prefixed('map', mappedTerms(terms, implicit), (term) =>
          termMap(term.contribution, { width, height }, rescale),
        ),
        ...prefixed('part', terms, ({ contribution }) => sum(contribution)),
      }
    },
    explain: (context, traced) => ({
      maps: fullGradMaps(context, named('map', traced), rescale),
      ...sumOfParts(context.value, named('part', traced)),
    }),
  }
}
