import { add, sum, type Tensor } from '@noisescope/core'
import type { ChosenLayer, Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'

/** Sum over what a layer's map is made of: not finite where any of it is not. */
const ingredients = (layer: string): string => `${layer} ingredients`

/**
 * An explainer with one map [h, w] for each layer, by one formula over its activation and gradient.
 *
 * A ReLU on the device makes 0 of NaN, be it the network's or the formula's. So that no such map looks sound, one with anything
 * not finite in its layer's activation, its gradient, or the target is NaN everywhere.
 */
export const layerMaps = (
  name: string,
  title: string,
  { units, signed, options = {} }: { units: string; signed: boolean; options?: Record<string, unknown> },
  mapOf: (layer: ChosenLayer) => Tensor,
): Explainer => ({
  name,
  title,
  options,
  trace: ({ chosen }) =>
    Object.fromEntries(
      chosen.flatMap((layer) => [
        [layer.name, mapOf(layer)],
        [ingredients(layer.name), sum(add(layer.activation, layer.gradient))],
      ]),
    ),
  explain: ({ layers, saturated, value }, traced) => ({
    maps: [...layers].map(([layer, [, , height = 1, width = 1]]) => {
      const [total = Number.NaN] = traced[ingredients(layer)] ?? []
      const computed = traced[layer] ?? new Float32Array()
      const data = Number.isFinite(value) && Number.isFinite(total) ? computed : computed.map(() => Number.NaN)
      return explanationMap({ name: layer, shape: [height, width], data, signed, units }, { saturated })
    }),
  }),
})
