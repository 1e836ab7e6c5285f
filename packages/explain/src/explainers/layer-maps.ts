import type { Tensor } from '@noisescope/core'
import type { ChosenLayer, Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'

/** An explainer with one map [h, w] for each layer, by one formula over its activation and gradient. */
export const layerMaps = (
  name: string,
  title: string,
  { units, signed, options = {} }: { units: string; signed: boolean; options?: Record<string, unknown> },
  mapOf: (layer: ChosenLayer) => Tensor,
): Explainer => ({
  name,
  title,
  options,
  trace: ({ chosen }) => Object.fromEntries(chosen.map((layer) => [layer.name, mapOf(layer)])),
  explain: ({ layers, saturated }, traced) => ({
    maps: [...layers].map(([layer, [, , height = 1, width = 1]]) =>
      explanationMap(
        { name: layer, shape: [height, width], data: traced[layer] ?? new Float32Array(), signed, units },
        { saturated },
      ),
    ),
  }),
})
