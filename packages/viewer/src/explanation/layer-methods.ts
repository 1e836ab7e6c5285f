import type { Method } from '../sources/source.ts'
import type { TargetChoice } from '../target-text.ts'

/** Methods that have a map for each layer. */
const WITH_LAYER_MAPS: readonly string[] = [
  'layercam',
  'hirescam',
  'gradcam',
  'gradcam-plus-plus',
  'scorecam',
  'eigencam',
  'fullgrad',
  'simple-fullgrad',
  'smooth-fullgrad',
]

/**
 * The methods that may have a map for each layer, the fittest first: the chosen one if it is such; of a pixel those that weigh
 * place by place, since the mean over a layer would dilute it; of regions Grad-CAM.
 */
export function layerMethods(methods: readonly Method[], chosen: string, target: TargetChoice): string[] {
  const preferred = target.kind === 'region' ? ['gradcam', ...WITH_LAYER_MAPS] : WITH_LAYER_MAPS
  const order = WITH_LAYER_MAPS.includes(chosen) ? [chosen, ...preferred] : preferred
  return [...new Set(order)].filter((name) => methods.some((each) => each.name === name))
}
