import { type Colouring, formatValue } from '@noisescope/palettes'
import type { Raster } from './figure.ts'
import { type Font, lineHeight, textWidth } from './font.ts'
import { MUTED, type Page, RULE } from './page.ts'

const BAR_WIDTH = 14
const TICK_LENGTH = 4
/** From the tick to its number, and from the numbers to the bar's title. */
const GAP = 4

/** A vertical bar that says which colour stands for which value. */
export interface ColourBar {
  readonly colouring: Colouring
  readonly low: number
  readonly high: number
  /** Values that get a tick with their number, `low` and `high` among them. */
  readonly ticks: readonly number[]
  readonly font: Font
  /** True when the end colours stand for everything beyond `low` and `high` as well. */
  readonly open?: boolean | undefined
  /** Written upwards beside the numbers: what is measured, and its unit. */
  readonly title?: string | undefined
}

/** Width in pixels that the bar takes with its numbers and title. */
export function colourBarWidth(bar: ColourBar): number {
  const { ticks, font, title } = bar
  const numbers = Math.max(...ticks.map((tick) => textWidth(tickText(bar, tick), font)))
  return BAR_WIDTH + TICK_LENGTH + GAP + numbers + (title === undefined ? 0 : 2 * GAP + lineHeight(font))
}

/**
 * Draws the bar; its two end rows have exactly the colours of `low` (bottom) and `high` (top), and their numbers reach
 * half a line beyond them.
 */
export function drawColourBar(page: Page, bar: ColourBar, x: number, y: number, height: number): void {
  const { low, high, ticks, font, title } = bar
  const raster = barRaster(bar, height)
  page.frame({ x, y, width: raster.width, height }, RULE)
  page.picture('colour bar', raster, x, y)
  for (const tick of ticks) {
    const row = Math.round(y + ((high - tick) / (high - low)) * (height - 1))
    page.fill({ x: x + BAR_WIDTH, y: row, width: TICK_LENGTH, height: 1 }, MUTED)
    const top = row - Math.round(lineHeight(font) / 2)
    page.text(tickText(bar, tick), x + BAR_WIDTH + TICK_LENGTH + GAP, top, { ...font, colour: MUTED })
  }
  if (title !== undefined) {
    page.textUpwards(title, x + colourBarWidth(bar) - lineHeight(font), y + height / 2, { ...font, colour: MUTED })
  }
}

/** The odd number at or below a length: a bar of odd height has a row for zero, in the neutral colour. */
export const oddOf = (length: number): number => length - 1 + (length % 2)

function tickText({ low, high, open = false }: ColourBar, tick: number): string {
  const beyond = open && tick === high ? '> ' : open && tick === low ? '< ' : ''
  return beyond + formatValue(tick)
}

function barRaster({ colouring, low, high }: ColourBar, height: number): Raster {
  const data = new Uint8Array(BAR_WIDTH * height * 3)
  for (let y = 0; y < height; y++) {
    const colour = colouring(high - ((high - low) * y) / Math.max(height - 1, 1))
    for (let x = 0; x < BAR_WIDTH; x++) data.set(colour, (y * BAR_WIDTH + x) * 3)
  }
  return { width: BAR_WIDTH, height, data }
}
