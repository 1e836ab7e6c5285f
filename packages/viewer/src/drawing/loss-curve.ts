import type { Measured, TrainingHistory } from '@noisescope/explain/trace'
import { type Axis, stepAxis, valueAxis } from './axis.ts'
import { linePath } from './path.ts'

/** The rectangle of a plot, in pixels from the top left corner of its SVG. */
export interface PlotBox {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The losses of a training as lines for SVG paths. */
export interface LossCurve {
  readonly steps: Axis
  readonly losses: Axis
  /** Loss of each step. */
  readonly training: string
  /** Mean of each loss and its neighbours; undefined for a history that is short enough to read as it is. */
  readonly mean: { readonly path: string; readonly steps: number } | undefined
  readonly validation: string
  /** Where the validation losses lie, for dots. */
  readonly validationPoints: readonly (readonly [x: number, y: number])[]
  /** Losses that have no finite value, or none that the axis can show, and are not drawn. */
  readonly missing: number
}

/** The moving mean runs over one part in this many of the history. */
const SMOOTHING_SHARE = 40
/** Shorter histories are readable as they are. */
const LEAST_TO_SMOOTH = 40

/**
 * The curve of a training history; undefined when no loss in it is finite.
 * @param logarithmic whether the axis of the losses is; if not given, where they are positive and span more than a factor of ten
 */
export function lossCurve(
  { steps, loss, validation = { steps: [], values: [] } }: TrainingHistory,
  { left, top, right, bottom }: PlotBox,
  logarithmic?: boolean,
): LossCurve | undefined {
  const values = [...loss, ...validation.values]
  const drawn = values.filter((value) => value !== null)
  if (drawn.length === 0) return undefined
  const x = stepAxis([...steps, ...validation.steps], [left, right])
  const y = valueAxis(drawn, [bottom, top], logarithmic)
  const points = (at: readonly number[], of: readonly Measured[]): (readonly [number, number])[] =>
    at.map((step, i) => [x.position(step), y.position(of[i] ?? Number.NaN)])
  const half = loss.length < LEAST_TO_SMOOTH ? 0 : Math.max(1, Math.round(loss.length / SMOOTHING_SHARE / 2))
  const validationPoints = points(validation.steps, validation.values)
  return {
    steps: x,
    losses: y,
    training: linePath(points(steps, loss)),
    mean: half === 0 ? undefined : { path: linePath(points(steps, movingMean(loss, half))), steps: 2 * half + 1 },
    validation: linePath(validationPoints),
    validationPoints: validationPoints.filter(([, position]) => Number.isFinite(position)),
    missing: values.filter((value) => value === null || !Number.isFinite(y.position(value))).length,
  }
}

/**
 * Mean of every value and `half` neighbours on each side: fewer near the start, where losses fall fast, and no later ones than
 * there are near the end. Missing values are left out.
 */
function movingMean(values: readonly Measured[], half: number): Measured[] {
  const sums = new Float64Array(values.length + 1)
  const counts = new Float64Array(values.length + 1)
  values.forEach((value, i) => {
    sums[i + 1] = (sums[i] as number) + (value ?? 0)
    counts[i + 1] = (counts[i] as number) + Number(value !== null)
  })
  return values.map((_, i) => {
    const reach = Math.min(half, i)
    const [first, end] = [i - reach, Math.min(i + reach + 1, values.length)]
    const count = (counts[end] as number) - (counts[first] as number)
    return count === 0 ? null : ((sums[end] as number) - (sums[first] as number)) / count
  })
}
