import { InputError } from '@noisescope/core'
import type { Explainer } from './explainer.ts'
import { activationMaps } from './explainers/activation-maps.ts'
import { blockIntervention } from './explainers/block-intervention.ts'
import { eigenCam } from './explainers/eigen-cam.ts'
import { fullGrad } from './explainers/full-grad.ts'
import { gradCam } from './explainers/grad-cam.ts'
import { gradCamPlusPlus } from './explainers/grad-cam-plus-plus.ts'
import { hiResCam } from './explainers/hires-cam.ts'
import { inputGradient } from './explainers/input-gradient.ts'
import { inputTimesGradient } from './explainers/input-times-gradient.ts'
import { integratedGradients } from './explainers/integrated-gradients.ts'
import { jacobianSingularVectors } from './explainers/jacobian-singular-vectors.ts'
import { layerCam } from './explainers/layer-cam.ts'
import { localAttributionMap } from './explainers/local-attribution-map.ts'
import { noisePath } from './explainers/noise-path.ts'
import { occlusion } from './explainers/occlusion.ts'
import { pixelFilter } from './explainers/pixel-filter.ts'
import { pixelFilterGrid } from './explainers/pixel-filter-grid.ts'
import { scoreCam } from './explainers/score-cam.ts'
import { simpleFullGrad } from './explainers/simple-full-grad.ts'
import { smoothFullGrad } from './explainers/smooth-full-grad.ts'
import { smoothGrad } from './explainers/smooth-grad.ts'

/** Options of an explainer, as texts from a command line or values from a file. */
export type ExplainerOptions = Readonly<Record<string, unknown>>

type Factory = (options: never) => Explainer

const FACTORIES: readonly Factory[] = [
  activationMaps,
  gradCam,
  gradCamPlusPlus,
  hiResCam,
  layerCam,
  eigenCam,
  scoreCam,
  inputGradient,
  inputTimesGradient,
  smoothGrad,
  integratedGradients,
  noisePath,
  fullGrad,
  simpleFullGrad,
  smoothFullGrad,
  localAttributionMap,
  pixelFilter,
  pixelFilterGrid,
  jacobianSingularVectors,
  occlusion,
  blockIntervention,
]

const make = (factory: Factory, options: ExplainerOptions): Explainer => factory(options as never)

const byName = new Map(FACTORIES.map((factory) => [make(factory, {}).name, factory]))

/** Names of all explainers: activations first, then class-activation, gradients, decompositions, filters and interventions. */
export const explainerNames: readonly string[] = [...byName.keys()]

/**
 * The explainer of a name with some of its options.
 * @throws InputError when there is none of the name, it has no such option, or refuses the value.
 */
export function explainerOf(name: string, options: ExplainerOptions = {}): Explainer {
  const factory = byName.get(name)
  if (factory === undefined) {
    throw new InputError(`there is no method ${name}; expected one of ${explainerNames.join(', ')}`)
  }
  const explainer = make(factory, options)
  const unknown = Object.keys(options).find((option) => !(option in explainer.options))
  if (unknown !== undefined) {
    const known = Object.keys(explainer.options).join(', ') || 'none'
    throw new InputError(`the method ${name} has no option ${unknown}; it has ${known}`)
  }
  return explainer
}
