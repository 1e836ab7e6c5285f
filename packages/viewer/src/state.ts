import type { Trace, TraceExplanation } from '@noisescope/explain/trace'
import {
  type ChannelOrder,
  channelOrders,
  type ImageName,
  imageNames,
  type RangeScope,
  rangeScopes,
} from './analysis/index.ts'
import { clamp } from './numbers.ts'
import type { Method } from './sources/source.ts'
import { parseTarget, type Size, type TargetChoice, targetText } from './target-text.ts'

export const arrangements = ['side-by-side', 'slider'] as const
export type Arrangement = (typeof arrangements)[number]

export const targetImages = ['denoised', 'residual'] as const
export type TargetImage = (typeof targetImages)[number]

/** What the viewer shows of a trace: small, and all of it can stand in a link. */
export interface ViewerState {
  /** Which frame, from 0. */
  readonly frame: number
  readonly arrangement: Arrangement
  /** Images under the comparison slider, and how much of the width lies before it, 0 to 1. */
  readonly first: ImageName
  readonly second: ImageName
  readonly divider: number
  /** The image under the map. */
  readonly base: ImageName
  readonly opacity: number
  readonly layer: string
  readonly channel: number
  readonly sort: ChannelOrder
  readonly range: RangeScope
  readonly method: string
  /** Which of the explanation's maps, by its key; the first if there is none of it. */
  readonly map: string
  /** As `targetText` writes it. */
  readonly target: string
  readonly of: TargetImage
}

/** What nothing is said about. */
export const defaultState: ViewerState = {
  frame: 0,
  arrangement: 'side-by-side',
  first: 'noisy',
  second: 'denoised',
  divider: 0.5,
  base: 'denoised',
  opacity: 0.75,
  layer: '',
  channel: 0,
  sort: 'number',
  range: 'layer',
  method: '',
  map: '',
  target: '',
  of: 'denoised',
}

export const stateNames = Object.keys(defaultState) as readonly (keyof ViewerState)[]

/** A state with whatever does not fit what there is to see replaced by what does. */
export function settled(wanted: ViewerState, trace: Trace, methods: readonly Method[]): ViewerState {
  const frame = within(wanted.frame, trace.frames.length)
  const { explanations, activations } = trace.frames[frame] ?? trace.frames[0]
  const layer =
    trace.model.layers.find(({ name }) => name === wanted.layer) ??
    trace.model.layers.find(({ name }) => activations.some((each) => each.layer === name)) ??
    trace.model.layers[0]
  const size = sizeOf(trace)
  const recorded = explanations.find(({ method }) => method !== 'pixel-filter-grid') ?? explanations[0]
  const asked = parseTarget(wanted.target, size)
  const target = asked ?? (recorded === undefined ? middleOf(size) : choiceOf(recorded))
  const usual = [wanted.method, recorded?.method, 'pixel-filter', methods[0]?.name]
  return {
    ...wanted,
    frame,
    arrangement: oneOf(arrangements, wanted.arrangement, defaultState.arrangement),
    first: oneOf(imageNames, wanted.first, defaultState.first),
    second: oneOf(imageNames, wanted.second, defaultState.second),
    base: oneOf(imageNames, wanted.base, defaultState.base),
    divider: between(wanted.divider, 0, 1, defaultState.divider),
    opacity: between(wanted.opacity, 0, 1, defaultState.opacity),
    layer: layer?.name ?? '',
    channel: within(wanted.channel, layer?.shape[0] ?? 1),
    sort: oneOf(channelOrders, wanted.sort, defaultState.sort),
    range: oneOf(rangeScopes, wanted.range, defaultState.range),
    method: usual.find((name) => methods.some((each) => each.name === name)) ?? '',
    target: targetText(target),
    of:
      asked === undefined && isImage(recorded?.target.of)
        ? recorded.target.of
        : oneOf(targetImages, wanted.of, 'denoised'),
  }
}

/** The target of a recorded explanation, as one can ask for it again. */
export function choiceOf({ target }: TraceExplanation): TargetChoice {
  const { kind, of, text, numbers, masks } = target
  const { x, y, channel } = numbers
  const [mask] = masks ?? []
  if (kind === 'pixel' && x !== undefined && y !== undefined && channel === undefined) return { kind, x, y }
  if (kind === 'region' && mask?.data.every((weight) => weight === 0 || weight === 1)) return { kind, mask: mask.data }
  if (kind === 'channel' && channel !== undefined) {
    return { kind, layer: of, channel, ...(x === undefined || y === undefined ? {} : { x, y }) }
  }
  return { kind: 'recorded', text }
}

/** Size of a trace's images. */
export function sizeOf({ images }: Trace): Size {
  const [, height = 1, width = 1] = images.noisy.shape
  return { width, height }
}

/** A state as the part of a link behind its `#` or `?`: what differs from the defaults. */
export function stateText(state: ViewerState): string {
  const told = stateNames.filter((name) => state[name] !== defaultState[name])
  return new URLSearchParams(told.map((name) => [name, String(state[name])])).toString()
}

/** What such a text says of the state; what it does not say, or says of something else, is left out. */
export function stateFromText(text: string): Partial<ViewerState> {
  const parameters = new URLSearchParams(text)
  return stateFrom(Object.fromEntries(stateNames.map((name) => [name, parameters.get(name)])))
}

/** What an object says of the state, such as one that was JSON: texts and numbers of known names. */
export function stateFrom(values: Readonly<Record<string, unknown>>): Partial<ViewerState> {
  const known = stateNames.flatMap((name) => {
    const value = values[name]
    if (value === undefined || value === null || value === '') return []
    const wanted = typeof defaultState[name] === 'number' ? Number(value) : String(value)
    return Number.isNaN(wanted) ? [] : [[name, wanted]]
  })
  return Object.fromEntries(known)
}

const middleOf = ({ width, height }: Size): TargetChoice => ({ kind: 'pixel', x: width >> 1, y: height >> 1 })

const isImage = (of: string | undefined): of is TargetImage => of === 'denoised' || of === 'residual'

/** A whole number from 0 to below `count`. */
const within = (value: number, count: number): number => clamp(Math.trunc(value) || 0, 0, Math.max(count - 1, 0))

const between = (value: number, low: number, high: number, usual: number): number =>
  Number.isFinite(value) ? clamp(value, low, high) : usual

const oneOf = <T extends string>(known: readonly T[], value: T, usual: T): T => (known.includes(value) ? value : usual)
