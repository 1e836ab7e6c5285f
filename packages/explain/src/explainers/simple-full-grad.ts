import type { Explainer } from '../explainer.ts'
import { type FullGradMapOptions, fullGradMaps, mappedTerms, psi } from './full-grad-maps.ts'
import { fullGradient } from './full-gradient.ts'
import { named, prefixed } from './prefixed.ts'

/**
 * Simple FullGrad: FullGrad with the gradients of the biases alone. The layers are those with a
 * bias; with `implicit` also the operations that have one implicitly.
 *
 * map = sum over c of psi(g_y y)_c + sum over layers of sum over c of psi(g_l)_c
 *
 * Maps as of FullGrad. There is nothing that adds up to T.
 *
 * Source: github.com/idiap/fullgrad-saliency, simple_fullgrad.py, of the authors of FullGrad.
 * @throws InputError on explaining when the network has an operation whose bias is not known.
 */
export const simpleFullGrad = ({ implicit = false }: Pick<FullGradMapOptions, 'implicit'> = {}): Explainer => ({
  name: 'simple-fullgrad',
  title: 'Simple FullGrad',
  options: { implicit },
  trace: (graph) => {
    const [, , height = 1, width = 1] = graph.noisy.shape
    return prefixed('map', mappedTerms(fullGradient(graph), implicit), ({ kind, gradient, contribution }) =>
      psi(kind === 'input' ? contribution : gradient, { width, height }, 'layer'),
    )
  },
  explain: (context, traced) => ({ maps: fullGradMaps(context, named('map', traced), 'layer') }),
})
