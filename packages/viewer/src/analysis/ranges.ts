import type { TraceActivation, TraceExplanation, TraceFrame, TraceMap, ValueRange } from '@noisescope/explain/trace'
import { rangeOf } from '@noisescope/explain/trace'
import type { Scale } from '@noisescope/palettes'
import { channelsOf } from './channels.ts'
import { mapPlane } from './maps.ts'
import { planeOf, remembered, sizeOf } from './tensor.ts'

/** Over what a colour scale reaches: the channel or map that is shown, its layer, or all layers. */
export const rangeScopes = ['local', 'layer', 'network'] as const
export type RangeScope = (typeof rangeScopes)[number]

/** Range of a channel's colours. Only `local` decodes the layer. */
export function activationRange(
  frame: TraceFrame,
  activation: TraceActivation,
  channel: number,
  scope: RangeScope,
): ValueRange {
  switch (scope) {
    case 'local':
      return channelsOf(activation)[channel]?.range ?? null
    case 'layer':
      return activation.range
    case 'network':
      return unionOf(frame.activations.map(({ range }) => range))
  }
}

/**
 * Range of a map's colours; those of a layer or of the network are over the maps of the same explanation that can be compared
 * with it: of the same units, with or without a sign alike.
 * @param channel of [c, h, w]; without it such maps are shown as the sum over their channels
 */
export function mapRange(
  explanation: TraceExplanation,
  map: TraceMap,
  scope: RangeScope,
  channel?: number,
): ValueRange {
  if (scope === 'local') return channel === undefined ? sumRange(map) : rangeOf(planeOf(map, channel))
  const comparable = explanation.maps.filter(
    ({ name, units, signed }) =>
      (scope === 'network' || name === map.name) && units === map.units && signed === map.signed,
  )
  return unionOf(comparable.map((each) => (channel === undefined ? sumRange(each) : each.range)))
}

/** Range of a map's channels added up. */
const sumRange = remembered((map: TraceMap) => (sizeOf(map).channels === 1 ? map.range : rangeOf(mapPlane(map))))

/** The range over several; of those that hold nothing finite nothing. */
export function unionOf(ranges: readonly ValueRange[]): ValueRange {
  return ranges.reduce(
    (all, range) =>
      all === null || range === null ? (all ?? range) : [Math.min(all[0], range[0]), Math.max(all[1], range[1])],
    null,
  )
}

/** The colours of a range: those of a sign, with zero in the middle, where values have one, else from end to end. */
export function scaleOf(range: ValueRange, signed = range !== null && range[0] < 0): Scale {
  const [low, high] = range ?? [0, 1]
  return signed ? { kind: 'signed', limit: Math.max(Math.abs(low), Math.abs(high)) } : { kind: 'sequential', low, high }
}
