import { type ColourBar, colourBarWidth, drawColourBar } from './colour-bar.ts'
import { lineHeight, shortened, textWidth, wrapped } from './font.ts'
import type { ChannelPicture, LayerPlan } from './layer-plan.ts'
import { INK, MUTED, PAPER, type Page, RULE, type TextStyle } from './page.ts'

/** Sizes of a grid of channels, in pixels. */
export interface GridStyle {
  readonly columns: number
  /** Longest side of a channel's picture. */
  readonly tile: number
  readonly gap: number
  /** Size of the channel's numbers and of the colour bar's. */
  readonly labelSize: number
}

const NAME: TextStyle = { size: 16, bold: true }
const FACTS: TextStyle = { size: 13, colour: MUTED }
const FACTS_GAP = 16
const BELOW_HEADING = 8
const BAR_GAP = 24
const LONGEST_BAR = 320
const SHORTEST_BAR = 48
/** Room for the colour bar's numbers, so that the grids of all layers are equally wide. */
const BAR_ROOM = 84

/** Width in pixels that every section of a style takes. */
export function sectionWidth({ columns, tile, gap }: GridStyle): number {
  return columns * tile + (columns - 1) * gap + BAR_GAP + BAR_ROOM
}

/** A section's height in pixels. */
export function sectionHeight(plan: LayerPlan, style: GridStyle, width: number): number {
  const rows = Math.ceil(plan.channels.length / style.columns)
  const grid = rows * cellHeight(plan, style) - style.gap
  return headingHeight(plan, width) + Math.max(grid, plan.range ? SHORTEST_BAR + labelHeight(style) : 0)
}

/** Draws a layer: its name, shape, range and notes, every channel under its number, and the colour bar. */
export function drawSection(
  page: Page,
  plan: LayerPlan,
  style: GridStyle,
  left: number,
  top: number,
  width: number,
): void {
  const facts = `${plan.shape}   ${plan.rangeText}`
  const name = shortened(plan.name, NAME, width - FACTS_GAP - textWidth(facts, FACTS))
  page.text(name, left, top, NAME)
  page.text(facts, left + textWidth(name, NAME) + FACTS_GAP, top + NAME.size - FACTS.size, FACTS)
  page.paragraph(noteLines(plan, width), left, top + lineHeight(NAME), FACTS)

  const gridTop = top + headingHeight(plan, width)
  const pitch = style.tile + style.gap
  plan.channels.forEach((channel, i) => {
    const row = Math.floor(i / style.columns)
    drawChannel(page, plan, channel, style, left + (i % style.columns) * pitch, gridTop + row * cellHeight(plan, style))
  })

  if (plan.range === undefined) return
  const { low, high, colouring } = plan.range
  const rows = Math.ceil(plan.channels.length / style.columns)
  const pictures = rows * cellHeight(plan, style) - style.gap - labelHeight(style)
  const height = Math.max(Math.min(pictures, LONGEST_BAR), SHORTEST_BAR)
  const ticks = height >= 100 ? [high, (low + high) / 2, low] : [high, low]
  const bar: ColourBar = { colouring, low, high, ticks, font: { size: style.labelSize } }
  const columns = Math.min(plan.channels.length, style.columns)
  const barLeft = left + columns * pitch - style.gap + BAR_GAP
  drawColourBar(page, bar, Math.min(barLeft, left + width - colourBarWidth(bar)), gridTop + labelHeight(style), height)
}

function drawChannel(
  page: Page,
  plan: LayerPlan,
  { channel, state, raster }: ChannelPicture,
  style: GridStyle,
  x: number,
  top: number,
): void {
  const font: TextStyle = { size: style.labelSize, colour: MUTED }
  const plate = { width: textWidth('dead', font) + 4, height: lineHeight(font) }
  const hasPlate = state === 'dead' && plate.width <= raster.width && plate.height <= raster.height
  const word = { live: '', dead: hasPlate ? '' : ' dead', flat: ' flat', 'not finite': ' NaN' }[state]
  page.text(`${channel}${word}`, x, top, font)
  const y = top + labelHeight(style)
  page.frame({ x, y, width: raster.width, height: raster.height }, RULE)
  page.picture(`${plan.name} ${channel}${state === 'live' ? '' : ` ${state}`}`, raster, x, y)
  if (!hasPlate) return
  const plateLeft = x + Math.round((raster.width - plate.width) / 2)
  const plateTop = y + Math.round((raster.height - plate.height) / 2)
  page.fill({ x: plateLeft, y: plateTop, ...plate }, PAPER)
  page.text('dead', plateLeft + 2, plateTop, { ...font, colour: INK })
}

function noteLines(plan: LayerPlan, width: number): string[] {
  return plan.notes.flatMap((note) => wrapped(note, FACTS, width))
}

function headingHeight(plan: LayerPlan, width: number): number {
  return lineHeight(NAME) + noteLines(plan, width).length * lineHeight(FACTS) + BELOW_HEADING
}

function labelHeight({ labelSize }: GridStyle): number {
  return lineHeight({ size: labelSize }) + 1
}

/** Of a channel's number, its picture and the gap below; all pictures of a layer are equally high. */
function cellHeight(plan: LayerPlan, style: GridStyle): number {
  return labelHeight(style) + (plan.channels[0]?.raster.height ?? 0) + style.gap
}
