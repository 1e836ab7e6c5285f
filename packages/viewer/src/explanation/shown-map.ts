import type { TraceExplanation, TraceMap } from '@noisescope/explain/trace'
import type { Scale } from '@noisescope/palettes'
import { mapPlane, mapRange, type Planes, type RangeScope, scaleOf, sizeOf, unionOf } from '../analysis/index.ts'
import { remembered } from '../analysis/tensor.ts'

/** A map as it is drawn. */
export interface ShownMap {
  readonly map: TraceMap
  /** [h, w]: its channels added up. */
  readonly plane: Planes
  readonly scale: Scale
  /** Whether it is data that can be drawn; else its status says in words why not. */
  readonly drawn: boolean
}

/** What tells a map from the others of its explanation. */
export const mapKey = ({ name, title }: TraceMap): string => (title === undefined ? name : `${name}/${title}`)

/** How a map is drawn. @param others explanations whose maps of the same key have the same colours */
export const shownMap = (
  explanation: TraceExplanation,
  map: TraceMap,
  scope: RangeScope,
  others: readonly TraceExplanation[] = [],
): ShownMap => {
  const ranges = others.flatMap((other) => {
    const same = other.maps.find((each) => mapKey(each) === mapKey(map))
    return same === undefined ? [] : [mapRange(other, same, scope)]
  })
  return {
    map,
    plane: planeOfMap(map),
    scale: scaleOf(unionOf([mapRange(explanation, map, scope), ...ranges]), map.signed),
    drawn: map.status === 'ok' || map.status === 'saturated',
  }
}

const planeOfMap = remembered((map: TraceMap): Planes => {
  const { channels, height, width } = sizeOf(map)
  return channels === 1 ? map : { shape: [height, width], data: mapPlane(map) }
})

/** The map of a key; without one the map of the input, or else the first. */
export function chosenMap({ maps }: TraceExplanation, key: string): TraceMap | undefined {
  return maps.find((map) => mapKey(map) === key) ?? maps.find(({ name }) => name === 'input') ?? maps[0]
}

/** The map of a layer, where there is one of its own. */
export const layerMapOf = (explanation: TraceExplanation | undefined, layer: string): TraceMap | undefined =>
  explanation?.maps.find(({ name }) => name === layer)
