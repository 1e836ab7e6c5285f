import { InputError, ShapeError } from '@noisescope/core'
import { type Colouring, formatValue, sequential } from '@noisescope/palettes'
import type { Raster } from './figure.ts'
import { blockMeans, hatched, magnified, painted } from './raster.ts'

/** What one layer put out for one image. */
export interface LayerActivation {
  readonly name: string
  readonly shape: readonly [channels: number, height: number, width: number]
  /** CHW values. */
  readonly data: Float32Array
  /** Channels that no image of a whole set activates, so that their constant here is no accident. */
  readonly dead: readonly number[]
}

/** Why a channel has no picture, or that it has one. */
export type ChannelState = 'live' | 'dead' | 'flat' | 'not finite'

/** One channel as it will be drawn. */
export interface ChannelPicture {
  readonly channel: number
  readonly state: ChannelState
  readonly raster: Raster
}

/** A layer's pictures on one colour scale, and what to say of them. */
export interface LayerPlan {
  readonly name: string
  /** `64 × 28 × 28`: channels, height, width. */
  readonly shape: string
  /** The finite values' range, or undefined when there is none to draw. */
  readonly range: { readonly low: number; readonly high: number; readonly colouring: Colouring } | undefined
  readonly rangeText: string
  /** Sentences on dead, flat and not finite channels, and on a scale other than 1. */
  readonly notes: readonly string[]
  readonly channels: readonly ChannelPicture[]
}

/**
 * Decides how a layer is drawn in tiles of at most `side` pixels: magnified by a whole factor, or averaged over blocks.
 * @throws {ShapeError} when the layer's values or its dead channels do not fit its shape.
 */
export function planLayer(layer: LayerActivation, side: number): LayerPlan {
  assertLayer(layer)
  const [channels, height, width] = layer.shape
  const planes = Array.from({ length: channels }, (_, c) =>
    layer.data.subarray(c * height * width, (c + 1) * height * width),
  )
  const states = planes.map((plane, c) => stateOf(plane, layer.dead.includes(c)))
  const range = rangeOf(layer.data)
  const colouring = range && sequential(range.low, range.high)
  const shrinking = Math.ceil(Math.max(width, height) / side)
  const picture = (plane: Float32Array): Raster => {
    const [shownWidth, shownHeight] = [Math.ceil(width / shrinking), Math.ceil(height / shrinking)]
    const values = shrinking === 1 ? plane : blockMeans(plane, width, height, shrinking)
    const small = painted(values, shownWidth, shownHeight, colouring ?? sequential(0, 1))
    return magnified(small, Math.max(1, Math.floor(side / Math.max(shownWidth, shownHeight))))
  }
  const pictures = planes.map((plane, channel): ChannelPicture => {
    const state = states[channel] ?? 'live'
    const raster = picture(plane)
    return { channel, state, raster: state === 'dead' ? hatched(raster.width, raster.height) : raster }
  })
  return {
    name: layer.name,
    shape: layer.shape.join(' × '),
    range: range && range.low < range.high && colouring ? { ...range, colouring } : undefined,
    rangeText: rangeText(range),
    notes: notesOf(layer, states, shrinking),
    channels: pictures,
  }
}

function stateOf(plane: Float32Array, dead: boolean): ChannelState {
  let flat = true
  for (const value of plane) {
    if (!Number.isFinite(value)) return 'not finite'
    if (value !== plane[0]) flat = false
  }
  if (!flat) return 'live'
  return dead ? 'dead' : 'flat'
}

function rangeOf(data: Float32Array): { low: number; high: number } | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of data) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? { low, high } : undefined
}

function rangeText(range: { low: number; high: number } | undefined): string {
  if (range === undefined) return 'no finite value'
  if (range.low === range.high) return `every value ${formatValue(range.low)}`
  return `range ${formatValue(range.low)} to ${formatValue(range.high)}`
}

function notesOf({ dead }: LayerActivation, states: readonly ChannelState[], shrinking: number): string[] {
  const inState = (state: ChannelState): number[] => [...states.keys()].filter((c) => states[c] === state)
  const revived = dead.filter((c) => states[c] === 'live')
  const note = (channels: readonly number[], what: string): string[] =>
    channels.length === 0 ? [] : [`${channels.length} ${what}: ${[...channels].sort((a, b) => a - b).join(', ')}`]
  return [
    ...note(inState('dead'), `of ${states.length} channels dead (no image of the set activates them)`),
    ...note(revived, 'listed as dead but active in this image'),
    ...note(inState('flat'), 'flat (a single value in this image)'),
    ...note(inState('not finite'), 'not finite (NaN or infinite values, drawn in magenta)'),
    ...(shrinking > 1 ? [`shown as means of ${shrinking} × ${shrinking} pixels`] : []),
  ]
}

function assertLayer({ name, shape, data, dead }: LayerActivation): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new InputError(`layer ${name} has shape [${shape.join(', ')}]; expected whole numbers of at least 1`)
  }
  const [channels, height, width] = shape
  if (data.length !== channels * height * width) {
    throw new ShapeError(
      `layer ${name} has ${data.length} values; expected ${channels * height * width} for [${shape.join(', ')}]: ` +
        'give the activations of one image',
    )
  }
  const outside = dead.find((channel) => !Number.isInteger(channel) || channel < 0 || channel >= channels)
  if (outside !== undefined) {
    throw new ShapeError(
      `layer ${name} lists channel ${outside} as dead; expected whole numbers from 0 to ${channels - 1}`,
    )
  }
}
