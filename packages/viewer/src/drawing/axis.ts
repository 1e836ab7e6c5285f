import { formatCount, formatValue } from '@noisescope/palettes'

/** A number at an axis. */
export interface AxisTick {
  readonly value: number
  /** In pixels along the axis, as the axis' ends were given. */
  readonly position: number
  readonly text: string
}

/** An axis of a plot. */
export interface Axis {
  /** The position of a value, in pixels; NaN for one that the axis cannot show. */
  readonly position: (value: number) => number
  readonly ticks: readonly AxisTick[]
  readonly logarithmic: boolean
}

/** Positions of an axis' low and high end, in pixels. */
export type AxisPixels = readonly [low: number, high: number]

/** Values that span more than this factor are better seen on a logarithmic axis. */
const LINEAR_FACTOR = 10
/** Above this factor a logarithmic axis has ticks at the powers of ten only, below at 1, 2 and 5 times them. */
const POWERS_ONLY_FACTOR = 10_000
/** About as many ticks as a linear axis has. */
const TICKS = 5

/** An axis over whole steps. */
export function stepAxis(steps: readonly number[], pixels: AxisPixels): Axis {
  const [low, high] = extent(steps)
  const ends = low === high ? ([low - 1, high + 1] as const) : ([low, high] as const)
  const ticks = roundNumbers(ends, TICKS).filter(Number.isInteger)
  return axisOf(ends, pixels, { ticks, text: formatCount, scale: (step) => step, logarithmic: false })
}

/**
 * An axis over finite values.
 * @param logarithmic as wanted, where all values are positive; if not given, where they also span more than a factor of ten
 */
export function valueAxis(values: readonly number[], pixels: AxisPixels, logarithmic?: boolean): Axis {
  const [low, high] = extent(values)
  if (low > 0 && low < high && (logarithmic ?? high / low > LINEAR_FACTOR)) {
    return axisOf([low, high], pixels, {
      ticks: logarithmicNumbers(low, high),
      text: formatValue,
      scale: (value) => (value > 0 ? Math.log(value) : Number.NaN),
      logarithmic: true,
    })
  }
  const margin = low === high ? Math.abs(low) / 10 || 1 : 0
  const ends = [low - margin, high + margin] as const
  const ticks = roundNumbers(ends, TICKS)
  return axisOf(ends, pixels, { ticks, text: formatValue, scale: (value) => value, logarithmic: false })
}

function axisOf(
  ends: readonly [low: number, high: number],
  [start, end]: AxisPixels,
  kind: {
    readonly ticks: readonly number[]
    readonly text: (value: number) => string
    readonly scale: (value: number) => number
    readonly logarithmic: boolean
  },
): Axis {
  const [low, high] = [kind.scale(ends[0]), kind.scale(ends[1])]
  const position = (value: number): number => start + ((kind.scale(value) - low) / (high - low)) * (end - start)
  const ticks = kind.ticks.map((value) => ({ value, position: position(value), text: kind.text(value) }))
  return { position, ticks, logarithmic: kind.logarithmic }
}

/** Multiples of 1, 2 or 5 times a power of ten between two ends, about as many as wanted. */
function roundNumbers([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((each) => each * power >= rough) ?? 10) * power
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step)
  // The detour over digits rounds 0.30000000000000004 to 0.3.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** Powers of ten, and while those are few also twice and five times them, between two positive ends. */
function logarithmicNumbers(low: number, high: number): number[] {
  const leading = high / low > POWERS_ONLY_FACTOR ? [1] : [1, 2, 5]
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .flatMap((power) => leading.map((digit) => Number(`${digit}e${power}`)))
    .filter((value) => value >= low && value <= high)
}

function extent(values: readonly number[]): readonly [low: number, high: number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    values.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY),
  ]
}
