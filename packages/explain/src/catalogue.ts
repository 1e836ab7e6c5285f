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
import { type Factory, type NamedOptions, usual, withOptions } from './named-options.ts'

/** A method that can be asked for by its name. */
export interface CataloguedExplainer {
  readonly name: string
  readonly title: string
  /** Its options and what they are unless given. */
  readonly options: NamedOptions
  /** What its options do that their names do not say, and which others there are where one of them is changed. */
  readonly about: string | undefined
}

const PATH =
  "the path's nodes are doubled until the map's error and the gap are small; refine=false takes one rule of nodes=64"
const IMPLICIT =
  'implicit=true adds maps of the biases of sigmoid, tanh and products, which the decomposition has either way'

const METHODS: readonly (readonly [factory: Factory<Explainer>, about?: string])[] = [
  [activationMaps, "channels=energy makes one map of a layer's channels"],
  [gradCam],
  [gradCamPlusPlus],
  [hiResCam],
  [layerCam],
  [eigenCam],
  [scoreCam, 'softmax=true weighs as the paper does'],
  [inputGradient],
  [inputTimesGradient],
  [smoothGrad],
  [integratedGradients, `baseline is zero, blurred (blur=2 pixels) or clean; ${PATH}`],
  [noisePath, PATH],
  [fullGrad, `rescale=none leaves maps in units of the target, rescale=sum their signs too; ${IMPLICIT}`],
  [simpleFullGrad, IMPLICIT],
  [smoothFullGrad, IMPLICIT],
  [localAttributionMap],
  [pixelFilter],
  [pixelFilterGrid],
  [jacobianSingularVectors, 'of may be denoised or residual'],
  [occlusion, 'fill is mean, blurred, clean or zero'],
  [blockIntervention, 'replacement is clean, mean or noise'],
]

/** All methods: activations first, then class-activation, gradients, decompositions, filters and interventions. */
export const explainerCatalogue: readonly CataloguedExplainer[] = METHODS.map(([factory, about]) => {
  const { name, title, options } = usual(factory)
  return { name, title, options, about }
})

/** Their names, in the same order. */
export const explainerNames: readonly string[] = explainerCatalogue.map(({ name }) => name)

/**
 * The explainer of a name with some of its options.
 * @throws InputError when there is none of the name, it has no such option, or the value is not of its kind or refused.
 */
export function explainerOf(name: string, options: NamedOptions = {}): Explainer {
  const [factory] = METHODS[explainerNames.indexOf(name)] ?? []
  if (factory === undefined) {
    throw new InputError(`there is no method ${name}; expected one of ${explainerNames.join(', ')}`)
  }
  return withOptions(factory, options, `the method ${name}`)
}
