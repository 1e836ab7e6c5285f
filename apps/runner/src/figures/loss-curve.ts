import { InputError } from '@noisescope/core'
import { formatCount, type Rgb } from '@noisescope/palettes'
import type { Figure } from './figure.ts'
import { lineHeight, shortened, textWidth } from './font.ts'
import { type Axis, lossAxis, movingMean, stepAxis } from './loss-axes.ts'
import { MUTED, Page, type Point, RULE, type TextStyle } from './page.ts'

/** Loss of one training step. */
export interface LossPoint {
  readonly step: number
  /** The epoch that the step belongs to, counted as the caller counts. */
  readonly epoch: number
  readonly loss: number
}

/** Loss on held-out images after a step. */
export interface ValidationPoint {
  readonly step: number
  readonly loss: number
}

/** What the curve shows. */
export interface LossCurveOptions {
  /** In the order of the steps. */
  readonly history: readonly LossPoint[]
  readonly validation?: readonly ValidationPoint[] | undefined
  readonly title?: string | undefined
  /** Name of the loss at the vertical axis, `loss` unless given. */
  readonly lossName?: string | undefined
}

const WIDTH = 1200
const HEIGHT = 720
const PLOT = { left: 104, right: WIDTH - 36, top: 116, bottom: HEIGHT - 84 }
const TITLE: TextStyle = { size: 20, bold: true }
const TEXT: TextStyle = { size: 15 }
const TICKS: TextStyle = { size: 14, colour: MUTED }
/** Blue and vermilion of Okabe and Ito, distinct for every kind of colour vision. */
const TRAINING: Rgb = [0, 114, 178]
const VALIDATION: Rgb = [213, 94, 0]
const GRID: Rgb = [232, 232, 232]
/** Opacity of the single steps' losses behind their mean. */
const FAINT = 0.28

/**
 * Training loss over the steps, each step faint and their moving mean strong, with validation losses as dots. The
 * vertical axis is logarithmic when the losses are positive and span more than a factor of ten, else linear; epochs
 * begin at the thin lines. Losses that are not finite are left out and counted.
 * @throws {InputError} when no loss is finite, or a step is not.
 */
export function lossCurve({
  history,
  validation = [],
  title = 'Training',
  lossName = 'loss',
}: LossCurveOptions): Figure {
  const drawn = [...history, ...validation].filter(({ loss }) => Number.isFinite(loss))
  if (drawn.length === 0) throw new InputError('the history holds no finite loss; expected at least one step to draw')
  if (![...history, ...validation].every(({ step }) => Number.isFinite(step))) {
    throw new InputError('the history holds a step that is not a finite number')
  }
  const x = stepAxis(
    drawn.map(({ step }) => step),
    [PLOT.left, PLOT.right],
  )
  const y = lossAxis(
    drawn.map(({ loss }) => loss),
    [PLOT.bottom, PLOT.top],
  )
  const page = new Page(WIDTH, HEIGHT)

  drawTicks(page, x, y)
  drawEpochs(page, history, x.position)
  page.textUpwards(y.logarithmic ? `${lossName} (logarithmic)` : lossName, 24, (PLOT.top + PLOT.bottom) / 2, TEXT)
  page.text('step', (PLOT.left + PLOT.right) / 2, PLOT.bottom + 34, { ...TEXT, align: 'center' })

  const mean = movingMean(history.map(({ loss }) => loss))
  const curve = (losses: readonly number[]): Point[] =>
    history.map(({ step }, i): Point => [x.position(step), y.position(losses[i] ?? Number.NaN)])
  const raw = curve(history.map(({ loss }) => loss))
  const smooth = mean.window > 1
  page.line(raw, { colour: TRAINING, width: smooth ? 1.25 : 2.5, opacity: smooth ? FAINT : 1 })
  if (smooth) page.line(curve(mean.values), { colour: TRAINING, width: 2.5 })
  if (history.length === 1) for (const point of raw) page.dot(point, 5, TRAINING)
  const marks = validation.map(({ step, loss }): Point => [x.position(step), y.position(loss)])
  page.line(marks, { colour: VALIDATION, width: 1.5, opacity: 0.6 })
  for (const mark of marks) if (Number.isFinite(mark[1])) page.dot(mark, 5.5, VALIDATION)

  const legendLeft = drawLegend(page, mean.window, history.length > 0, validation.length > 0)
  page.text(shortened(title, TITLE, legendLeft - PLOT.left - 24), PLOT.left, 30, TITLE)
  const missing = history.length + validation.length - drawn.length
  if (missing > 0) {
    page.text(`not finite and not drawn: ${formatCount(missing)}`, PLOT.right, HEIGHT - 28, {
      ...TICKS,
      align: 'right',
    })
  }
  return page.figure()
}

function drawTicks(page: Page, x: Axis, y: Axis): void {
  for (const tick of y.ticks) {
    const row = Math.round(y.position(tick))
    page.fill({ x: PLOT.left, y: row, width: PLOT.right - PLOT.left, height: 1 }, GRID)
    page.text(y.label(tick), PLOT.left - 10, row - Math.round(lineHeight(TICKS) / 2), { ...TICKS, align: 'right' })
  }
  page.fill({ x: PLOT.left, y: PLOT.bottom, width: PLOT.right - PLOT.left, height: 1 }, MUTED)
  for (const tick of x.ticks) {
    page.fill({ x: Math.round(x.position(tick)), y: PLOT.bottom, width: 1, height: 6 }, MUTED)
    const middle = Math.min(x.position(tick), WIDTH - 4 - textWidth(x.label(tick), TICKS) / 2)
    page.text(x.label(tick), middle, PLOT.bottom + 10, { ...TICKS, align: 'center' })
  }
}

/** A thin line where an epoch begins, with the epoch above the plot where its number has room. */
function drawEpochs(page: Page, history: readonly LossPoint[], position: (step: number) => number): void {
  const starts = history.filter(({ epoch }, i) => epoch !== history[i - 1]?.epoch)
  if (starts.length < 2) return
  let free = 0
  for (const { step, epoch } of starts) {
    const column = Math.round(position(step))
    const text = `epoch ${epoch}`
    if (column < free || column + textWidth(text, TICKS) > WIDTH - 4) continue
    page.fill({ x: column, y: PLOT.top - 8, width: 1, height: PLOT.bottom - PLOT.top + 8 }, RULE)
    page.text(text, column, PLOT.top - 10 - lineHeight(TICKS), TICKS)
    free = column + textWidth(text, TICKS) + 12
  }
}

/** Draws the legend in the top right corner and returns its left end. */
function drawLegend(page: Page, window: number, hasTraining: boolean, hasValidation: boolean): number {
  const entries = [
    ...(hasValidation ? [{ text: 'validation', colour: VALIDATION, opacity: 1, dot: true }] : []),
    ...(hasTraining && window > 1
      ? [
          { text: `mean over ${formatCount(window)} steps`, colour: TRAINING, opacity: 1, dot: false },
          { text: 'training step', colour: TRAINING, opacity: FAINT, dot: false },
        ]
      : []),
    ...(hasTraining && window === 1 ? [{ text: 'training step', colour: TRAINING, opacity: 1, dot: false }] : []),
  ]
  const middle = 30 + lineHeight(TITLE) / 2
  let right = PLOT.right
  for (const { text, colour, opacity, dot } of entries) {
    const left = right - textWidth(text, TEXT)
    page.text(text, left, Math.round(middle - lineHeight(TEXT) / 2), TEXT)
    page.line(
      [
        [left - 38, middle],
        [left - 10, middle],
      ],
      { colour, width: 2.5, opacity },
    )
    if (dot) page.dot([left - 24, middle], 5.5, colour)
    right = left - 62
  }
  return right
}
