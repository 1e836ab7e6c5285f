import { rangeOf, type TraceExplanation, type TraceFrame, type TraceMap } from '@noisescope/explain/trace'
import type { TargetImage } from '../state.ts'
import type { TargetQuestion } from './source.ts'

/** A place of a grid of pixel filters, and its weight in what is asked. */
interface Place {
  readonly x: number
  readonly y: number
  /** Its index in the maps of the grid. */
  readonly index: number
  readonly weight: number
}

/**
 * The pixel filter of a target from a recorded grid: that of the nearest pixel of the grid, whose x and y are in the answer's
 * target, or the weighted sum of those in a region, with their count as `places`. A grid without the filters themselves has
 * numbers for a pixel, and no map.
 */
export function filterFromGrid(
  frame: TraceFrame,
  asked: Exclude<TargetQuestion, { kind: 'channel' }>,
  of: TargetImage,
): TraceExplanation | undefined {
  const grid = frame.explanations.find(({ method, target }) => method === 'pixel-filter-grid' && target.of === of)
  const [sums, effective, ...filters] = grid?.maps ?? []
  if (grid === undefined || sums === undefined || effective === undefined) return undefined
  const width = frame.denoised?.shape[2] ?? 0
  const places =
    asked.kind === 'pixel' ? nearest(placesOf(grid, sums), asked) : inside(placesOf(grid, sums), asked.mask, width)
  const [first] = places
  const [pattern] = filters
  if (first === undefined || (pattern === undefined && asked.kind === 'region')) return undefined
  const { index, x, y } = first
  return {
    method: 'pixel-filter',
    title: 'Pixel filter',
    options: {},
    target: {
      kind: asked.kind,
      of,
      text: `from the grid of every ${grid.values.every} pixels`,
      numbers: asked.kind === 'pixel' ? { x, y } : { places: places.length },
    },
    ...valueOf(frame, of, places),
    ...(pattern === undefined
      ? { maps: [], values: { rowSum: sums.data[index] ?? null, effectivePixels: effective.data[index] ?? null } }
      : sumOfFilters(filters, pattern, places)),
  }
}

function placesOf({ values }: TraceExplanation, { shape: [, columns = 1], data }: TraceMap): Place[] {
  const [left, top, every] = [values.x ?? 0, values.y ?? 0, values.every ?? 1]
  return Array.from(data, (_, index) => ({
    x: left + every * (index % columns),
    y: top + every * Math.floor(index / columns),
    index,
    weight: 1,
  }))
}

/** The place that is nearest to a pixel. */
const nearest = (places: readonly Place[], { x, y }: { readonly x: number; readonly y: number }): Place[] => {
  const distance = (place: Place) => Math.hypot(place.x - x, place.y - y)
  return places.length === 0 ? [] : [places.reduce((best, place) => (distance(place) < distance(best) ? place : best))]
}

/** The places in a region, with its weights. */
const inside = (places: readonly Place[], mask: Float32Array, width: number): Place[] =>
  places
    .map((place) => ({ ...place, weight: mask[place.y * width + place.x] ?? 0 }))
    .filter(({ weight }) => weight !== 0)

/** The target's value, where the image that it is of was recorded: of colour images the mean of the channels. */
function valueOf(frame: TraceFrame, of: TargetImage, places: readonly Place[]): { value?: number } {
  const image = frame[of]
  if (image === undefined) return {}
  const [channels = 1, height = 1, width = 1] = image.shape
  const { data } = image
  let value = 0
  for (const { x, y, weight } of places) {
    for (let c = 0; c < channels; c++) value += (weight * (data[(c * height + y) * width + x] as number)) / channels
  }
  return { value }
}

/** A_i summed over the places, and its numbers; `pattern` says what a filter is. */
function sumOfFilters(
  filters: readonly TraceMap[],
  { name, shape, signed, units, data: { length } }: TraceMap,
  places: readonly Place[],
): Pick<TraceExplanation, 'maps' | 'values'> {
  const data = new Float32Array(length)
  for (const { index, weight } of places) {
    filters[index]?.data.forEach((value, i) => {
      data[i] = (data[i] as number) + weight * value
    })
  }
  let [rowSum, squares] = [0, 0]
  for (const value of data) {
    rowSum += value
    squares += value * value
  }
  const range = rangeOf(data)
  return {
    maps: [{ name, shape, data, signed, units, range, status: range?.[0] === range?.[1] ? 'flat' : 'ok' }],
    values: { rowSum, effectivePixels: squares * length < 1 ? 0 : 1 / squares },
  }
}
