import { InputError } from '@noisescope/core'
import { signed } from '@noisescope/palettes'
import { type ColourBar, colourBarWidth, drawColourBar, oddOf } from './colour-bar.ts'
import { assertRow, type ComparisonRow, columnsOf, footnotes, residualRange } from './comparison-columns.ts'
import type { Figure } from './figure.ts'
import { lineHeight, shortened, wrapped } from './font.ts'
import { MUTED, Page, RULE, type TextStyle } from './page.ts'
import { magnified } from './raster.ts'

/** Small images are magnified by the largest whole factor that keeps both sides within this many pixels. */
const MAGNIFIED_SIDE = 168
/** No column is narrower than this, so that headings and captions fit, and no colour bar shorter. */
const LEAST_COLUMN = 150
const LONGEST_BAR = 480
const MARGIN = 32
const COLUMN_GAP = 20
const ROW_GAP = 16
const CAPTION_GAP = 4

const TITLE: TextStyle = { size: 17, bold: true }
const HEADING: TextStyle = { size: 14, bold: true }
const CAPTION: TextStyle = { size: 12, colour: MUTED }

/** The images of a strip, and its title. */
export interface ComparisonStripOptions {
  readonly rows: readonly ComparisonRow[]
  readonly title?: string | undefined
}

/**
 * A page of images in rows, with columns clean, noisy, denoised, and residual (noisy - denoised) on a signed scale that
 * all rows share. Small images are magnified by a whole factor, large ones are shown pixel by pixel. Below the noisy
 * and the denoised image stand PSNR and SSIM against the clean one, measured after clipping to 0..1 as published
 * figures are.
 * @throws {InputError} when there is no row, a size is not a positive whole number, or a value is not finite.
 * @throws {ShapeError} when an image has another number of values than its row's sizes say.
 */
export function comparisonStrip({ rows, title = '' }: ComparisonStripOptions): Figure {
  if (rows.length === 0) throw new InputError('there is no image to draw; expected at least one row')
  rows.forEach(assertRow)

  const { limit, open } = residualRange(rows)
  const bar: ColourBar = {
    colouring: signed(limit),
    low: -limit,
    high: limit,
    open,
    ticks: [limit, limit / 2, 0, -limit / 2, -limit],
    font: CAPTION,
    title: 'noisy − denoised',
  }
  const columns = columnsOf(rows, bar.colouring)
  const placed = rows.map((row) => ({ row, scale: magnification(row) }))
  const columnWidth = Math.max(LEAST_COLUMN, ...placed.map(({ row, scale }) => row.width * scale))
  const barLeft = MARGIN + columns.length * (columnWidth + COLUMN_GAP)
  const width = barLeft + colourBarWidth(bar) + MARGIN

  const titleLines = title === '' ? [] : wrapped(title, TITLE, width - 2 * MARGIN)
  const notes = footnotes(rows).flatMap((note) => wrapped(note, CAPTION, width - 2 * MARGIN))
  const headingTop = MARGIN + titleLines.length * lineHeight(TITLE) + (titleLines.length > 0 ? 12 : 0)
  const rowsTop = headingTop + lineHeight(HEADING) + 8
  const rowHeight = ({ row, scale }: (typeof placed)[number]): number =>
    row.height * scale + CAPTION_GAP + lineHeight(CAPTION) + ROW_GAP
  const rowsHeight = placed.reduce((sum, each) => sum + rowHeight(each), 0)
  const imagesHeight = rowsHeight - CAPTION_GAP - lineHeight(CAPTION) - ROW_GAP
  const barHeight = oddOf(Math.max(Math.min(imagesHeight, LONGEST_BAR), LEAST_COLUMN))
  const notesTop = rowsTop + Math.max(rowsHeight, barHeight + ROW_GAP)
  const page = new Page(
    width,
    notesTop + notes.length * lineHeight(CAPTION) + MARGIN - (notes.length > 0 ? 0 : ROW_GAP),
  )

  page.paragraph(titleLines, MARGIN, MARGIN, TITLE)
  columns.forEach((column, c) => {
    const left = MARGIN + c * (columnWidth + COLUMN_GAP)
    page.text(column.heading, left + columnWidth / 2, headingTop, { ...HEADING, align: 'center' })
    let top = rowsTop
    placed.forEach((each, r) => {
      const picture = column.picture(each.row)
      if (picture !== undefined) {
        const shown = magnified(picture, each.scale)
        const x = left + Math.round((columnWidth - shown.width) / 2)
        page.frame({ x, y: top, width: shown.width, height: shown.height }, RULE)
        page.picture(`${column.heading} ${r}`, shown, x, top)
      }
      const caption = shortened(column.caption(each.row), CAPTION, columnWidth)
      const captionTop = top + each.row.height * each.scale + CAPTION_GAP
      if (caption !== '') page.text(caption, left + columnWidth / 2, captionTop, { ...CAPTION, align: 'center' })
      top += rowHeight(each)
    })
  })
  drawColourBar(page, bar, barLeft, rowsTop, barHeight)
  page.paragraph(notes, MARGIN, notesTop, CAPTION)
  return page.figure()
}

function magnification({ width, height }: ComparisonRow): number {
  return Math.max(1, Math.floor(MAGNIFIED_SIDE / Math.max(width, height)))
}
