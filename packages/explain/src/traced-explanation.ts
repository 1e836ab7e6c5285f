import type { Explanation } from './explainer.ts'
import type { ExplanationMap } from './map.ts'
import type { Target } from './targets.ts'
import { INPUT } from './trace/format.ts'
import type { TraceExplanation, TraceMap, TraceTarget } from './trace/types.ts'

/**
 * An explanation as traces hold it, where a map is of a layer or of the input: the name of any other becomes its title.
 * @param layers names of the model's layers
 */
export const tracedExplanation = (
  { method, title, options, target, value, maps, completeness, values = {} }: Explanation,
  layers: ReadonlySet<string>,
): TraceExplanation => ({
  method,
  title,
  options,
  target: tracedTarget(target),
  value,
  maps: maps.map((map) => tracedMap(map, layers)),
  values,
  ...(completeness === undefined ? {} : { completeness }),
})

function tracedMap(map: ExplanationMap, layers: ReadonlySet<string>): TraceMap {
  if (map.name === INPUT || layers.has(map.name)) return map
  // What a layer's operation adds is named behind a stroke: 'conv2d_6/sigmoid'.
  const layer = map.name.slice(0, map.name.lastIndexOf('/'))
  return { ...map, name: layers.has(layer) ? layer : INPUT, title: map.title ?? map.name }
}

function tracedTarget({ kind, of, text, numbers = {}, masks = [] }: Target): TraceTarget {
  const description = {
    text,
    numbers,
    masks: masks.map(({ width, height, data }, i) => ({
      name: i === 0 ? 'region' : `region ${i + 1}`,
      shape: [height, width],
      data: Float32Array.from(data),
    })),
  }
  if (typeof of === 'string' && kind !== 'channel') return { ...description, kind, of }
  return { ...description, kind: 'channel', of: typeof of === 'string' ? of : of.layer }
}
