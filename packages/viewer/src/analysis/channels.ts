import { rangeOf, type TraceActivation, type ValueRange } from '@noisescope/explain/trace'
import { planeOf, remembered, sizeOf } from './tensor.ts'

/** In which order the channels of a layer are shown. */
export const channelOrders = ['number', 'most-energy', 'least-energy'] as const
export type ChannelOrder = (typeof channelOrders)[number]

/**
 * `dead`: zero for every image that the writer of the trace had; `flat`: one value in this image; `not-finite`: with NaN or
 * infinity.
 */
export type ChannelState = 'live' | 'dead' | 'flat' | 'not-finite'

/** What there is to say of a channel. */
export interface ChannelSummary {
  readonly channel: number
  /** Mean of the squares of the finite values; NaN without any. */
  readonly energy: number
  readonly range: ValueRange
  /** Number of values that are NaN or infinite. */
  readonly notFinite: number
  readonly state: ChannelState
}

/** The channels of a layer in the order of their numbers; the layer is decoded once. */
export const channelsOf: (activation: TraceActivation) => readonly ChannelSummary[] = remembered(
  (activation: TraceActivation) => {
    const dead = new Set(activation.dead)
    return Array.from({ length: sizeOf(activation).channels }, (_, channel) =>
      summaryOf(channel, planeOf(activation, channel), dead.has(channel)),
    )
  },
)

function summaryOf(channel: number, plane: Float32Array, dead: boolean): ChannelSummary {
  let [squares, finite] = [0, 0]
  for (const value of plane) {
    if (!Number.isFinite(value)) continue
    squares += value * value
    finite++
  }
  const range = rangeOf(plane)
  const notFinite = plane.length - finite
  const flat = range !== null && range[0] === range[1]
  const state = notFinite > 0 ? 'not-finite' : !flat ? 'live' : dead ? 'dead' : 'flat'
  return { channel, energy: squares / finite, range, notFinite, state }
}

/** Numbers of the channels in an order; those of equal energy by their numbers, those without any at the end. */
export function channelsInOrder(activation: TraceActivation, order: ChannelOrder): number[] {
  if (order === 'number') return Array.from({ length: sizeOf(activation).channels }, (_, channel) => channel)
  const sign = order === 'most-energy' ? -1 : 1
  const rank = ({ energy }: ChannelSummary): number => (Number.isNaN(energy) ? Number.POSITIVE_INFINITY : sign * energy)
  return channelsOf(activation)
    .toSorted((a, b) => Math.sign(rank(a) - rank(b)) || a.channel - b.channel)
    .map(({ channel }) => channel)
}
