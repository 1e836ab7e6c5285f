import { sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { checkRescale, type FullGradMapOptions, fullGradMaps, mappedTerms, psi, sumOfParts } from './full-grad-maps.ts'
import { fullGradient } from './full-gradient.ts'
import { named, prefixed } from './prefixed.ts'

/**
 * FullGrad: the input's part of the target and that of every bias, where in the image they act.
 *
 * map = sum over c of psi(g_y y)_c + sum over layers of sum over c of psi(g_l b_l)_c
 *
 * Maps: 'input', this sum; 'image', its first part; and one for each term, all at the size of the image. Values: what each
 * term brings to T: 'input image', 'input noise level' (of a network that is told it), 'bias conv_3', 'bias tanh/tanh'
 * (implicit). They add up to T, as `completeness` says; the maps do not.
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization", section 4; see `psi`.
 * @throws InputError when rescale is unusable; on explaining when the network has an operation whose bias is not known.
 */
export function fullGrad({ rescale = 'layer', implicit = true }: FullGradMapOptions = {}): Explainer {
  checkRescale('fullgrad', rescale)
  return {
    name: 'fullgrad',
    title: 'FullGrad',
    options: { rescale, implicit },
    trace: (graph) => {
      const [, , height = 1, width = 1] = graph.noisy.shape
      const terms = fullGradient(graph)
      return {
        ...prefixed('map', mappedTerms(terms, implicit), (term) => psi(term.contribution, { width, height }, rescale)),
        ...prefixed('part', terms, ({ contribution }) => sum(contribution)),
      }
    },
    explain: (context, traced) => ({
      maps: fullGradMaps(context, named('map', traced), rescale),
      ...sumOfParts(context.value, named('part', traced)),
    }),
  }
}
