import { formatCount, formatValue } from '@noisescope/palettes'
import { scaleLinear, scaleLog } from 'd3-scale'

/** Pixels of an axis, from its low to its high end. */
type Span = readonly [low: number, high: number]

/** An axis: where a value lies on the page, and which values get a tick. */
export interface Axis {
  readonly position: (value: number) => number
  readonly ticks: readonly number[]
  /** A tick's number as it is written, all with the same decimals on a linear axis. */
  readonly label: (tick: number) => string
}

/** The axis of the losses. */
export interface LossAxis extends Axis {
  readonly logarithmic: boolean
}

/** Losses that span more than this factor are drawn on a logarithmic axis. */
const LINEAR_FACTOR = 10
/** Above this factor a logarithmic axis has ticks at the powers of ten only, below at 1, 2 and 5 times them. */
const POWERS_ONLY_FACTOR = 10_000
/** The moving mean runs over one part in this many of the history. */
const SMOOTHING_SHARE = 40
/** Shorter histories are readable as they are. */
const LEAST_TO_SMOOTH = 40

/** A linear axis over whole steps. */
export function stepAxis(steps: readonly number[], pixels: Span): Axis {
  const [low, high] = extent(steps)
  const scale = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], pixels)
  return { position: scale, ticks: scale.ticks(8).filter(Number.isInteger), label: formatCount }
}

/** An axis over finite losses: logarithmic when they are positive and span more than a factor of ten, else linear. */
export function lossAxis(losses: readonly number[], pixels: Span): LossAxis {
  const [low, high] = extent(losses)
  if (low > 0 && high / low > LINEAR_FACTOR) {
    const scale = scaleLog([low, high], pixels)
    const leading = high / low > POWERS_ONLY_FACTOR ? [1] : [1, 2, 5]
    const ticks = scale.ticks().filter((tick) => leading.includes(Number(tick.toExponential(0).charAt(0))))
    return { logarithmic: true, position: (loss) => (loss > 0 ? scale(loss) : Number.NaN), ticks, label: formatValue }
  }
  const margin = low === high ? Math.abs(low) / 10 || 1 : 0
  const scale = scaleLinear([low - margin, high + margin], pixels).nice(7)
  return { logarithmic: false, position: scale, ticks: scale.ticks(7), label: scale.tickFormat(7) }
}

/**
 * Mean of every value and its neighbours, as many on each side: fewer near the start, where losses fall fast, and no
 * later ones than there are near the end. Values that are not finite are left out. `window` is the number of values in
 * a full mean: an odd share of a fortieth, or 1 for a short history.
 */
export function movingMean(values: readonly number[]): { readonly values: number[]; readonly window: number } {
  const half = values.length < LEAST_TO_SMOOTH ? 0 : Math.max(1, Math.round(values.length / SMOOTHING_SHARE / 2))
  const { sums, counts } = runningSums(values)
  const means = values.map((_, i) => {
    const reach = Math.min(half, i)
    const [first, end] = [i - reach, Math.min(i + reach + 1, values.length)]
    return ((sums[end] ?? 0) - (sums[first] ?? 0)) / ((counts[end] ?? 0) - (counts[first] ?? 0))
  })
  return { values: means, window: 2 * half + 1 }
}

/** At index n: sum and number of the finite ones among the first n values. */
function runningSums(values: readonly number[]): { readonly sums: Float64Array; readonly counts: Float64Array } {
  const sums = new Float64Array(values.length + 1)
  const counts = new Float64Array(values.length + 1)
  values.forEach((value, i) => {
    const finite = Number.isFinite(value)
    sums[i + 1] = (sums[i] ?? 0) + (finite ? value : 0)
    counts[i + 1] = (counts[i] ?? 0) + (finite ? 1 : 0)
  })
  return { sums, counts }
}

function extent(values: readonly number[]): [low: number, high: number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    values.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY),
  ]
}
