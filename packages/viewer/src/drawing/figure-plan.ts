import type { Scale } from '@noisescope/palettes'
import type { PixelBox } from '../analysis/target-place.ts'
import { colourBarOf, type GradientStop } from './colour-bar.ts'
import { lineHeight, type TextSize, wrapped } from './figure-text.ts'
import type { Raster } from './raster.ts'

/** A picture of a figure. */
export interface FigurePicture {
  readonly heading: string
  /** Lines below the picture. */
  readonly captions?: readonly string[]
  readonly raster: Raster
  /** Its colour bar, and what the numbers beside it are, such as their units. */
  readonly bar?: { readonly scale: Scale; readonly open?: boolean; readonly units: string } | undefined
  /** Rectangles of its pixels that get a frame, such as where the target is. */
  readonly marks?: readonly PixelBox[]
}

/** What a figure shows. */
export interface FigureContent {
  readonly title: string
  readonly pictures: readonly FigurePicture[]
  /** Method, target, completeness and other numbers, one below the other. */
  readonly facts: readonly { readonly name: string; readonly value: string }[]
}

/** A part of a figure, in pixels from its top left corner. */
export type FigurePart =
  | { readonly kind: 'picture'; readonly name: string; readonly raster: Raster; readonly box: PixelBox }
  | { readonly kind: 'frame'; readonly box: PixelBox; readonly of: 'picture' | 'target' }
  /** Its colours run from the bottom to the top. */
  | { readonly kind: 'gradient'; readonly box: PixelBox; readonly stops: readonly GradientStop[] }
  | ({ readonly kind: 'text'; readonly text: string; readonly x: number; readonly baseline: number } & TextStyle)
  /** Reads upwards, its middle at `y`. */
  | ({ readonly kind: 'upwards'; readonly text: string; readonly baseline: number; readonly y: number } & TextStyle)

/** How a text is set. */
export interface TextStyle {
  readonly size: TextSize
  readonly bold?: boolean
  readonly muted?: boolean
}

/** A figure ready to be drawn. */
export interface FigurePlan {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly parts: readonly FigurePart[]
}

/** Pictures are enlarged by a whole factor to about this many pixels a side; larger ones are made smaller than the second number. */
const PICTURE_SIDE = 224
const LONGEST_SIDE = 560
const MARGIN = 24
const GAP = 24
const SMALL_GAP = 6
const BAR_WIDTH = 12
/** From a picture to the baseline of its colour bar's units, with the bar and its numbers between. */
const BAR_ROOM = 96
/** A target's frame is no smaller, so that one pixel of a photograph is found. */
const LEAST_MARK = 8
/** A colour bar is no shorter, even beside a flat picture, so that its numbers and units have room. */
const LEAST_BAR = 160
/** Room for a heading above a small picture. */
const LEAST_CELL = 160
/** Pictures stand in rows of at most this width, and titles have at least the other. */
const ROW_WIDTH = 1160
const LEAST_WIDTH = 360

const TITLE: TextStyle = { size: 17, bold: true }
const HEADING: TextStyle = { size: 14, bold: true }
const CAPTION: TextStyle = { size: 12, muted: true }
const FACT: TextStyle = { size: 12 }

/** Lays out a figure. */
export function planFigure({ title, pictures, facts }: FigureContent): FigurePlan {
  const rows = inRows(pictures.map(cellOf))
  const width = Math.max(LEAST_WIDTH, ...rows.map(({ width }) => width)) + 2 * MARGIN
  const parts: FigurePart[] = []
  const write = (text: string, x: number, top: number, room: number, style: TextStyle): number => {
    const lines = wrapped(text, style.size, room)
    lines.forEach((line, i) => {
      parts.push({ kind: 'text', text: line, x, baseline: top + i * lineHeight(style.size) + style.size, ...style })
    })
    return top + lines.length * lineHeight(style.size)
  }

  let top = write(title, MARGIN, MARGIN, width - 2 * MARGIN, TITLE) + SMALL_GAP * 2
  for (const { cells } of rows) {
    const headingEnds = cells.map(({ picture, left, width: room }) => write(picture.heading, left, top, room, HEADING))
    const pictureTop = Math.max(...headingEnds) + SMALL_GAP
    const captionsTop = pictureTop + Math.max(...cells.map(({ height }) => height)) + SMALL_GAP
    const ends = cells.map(({ picture, left, width: room, shown }) => {
      parts.push(...pictureParts(picture, { x: left, y: pictureTop, ...shown }))
      const captions = picture.captions ?? []
      return captions.reduce((y, caption) => write(caption, left, y, room, CAPTION), captionsTop)
    })
    top = Math.max(...ends) + GAP
  }
  for (const { name, value } of facts) top = write(`${name}: ${value}`, MARGIN, top, width - 2 * MARGIN, FACT)
  return { title, width, height: Math.ceil(top + MARGIN), parts }
}

/** A picture with what belongs to it. */
interface Cell {
  readonly picture: FigurePicture
  /** With the colour bar, without texts. */
  readonly width: number
  readonly height: number
  /** Size of the picture on the page. */
  readonly shown: { readonly width: number; readonly height: number }
}

function cellOf(picture: FigurePicture): Cell {
  const shown = shownSize(picture.raster)
  if (picture.bar === undefined)
    return { picture, shown, width: Math.max(LEAST_CELL, shown.width), height: shown.height }
  return { picture, shown, width: shown.width + BAR_ROOM, height: Math.max(LEAST_BAR, shown.height) }
}

/** Cells side by side, as many in each row as fit. */
function inRows(cells: readonly Cell[]): { readonly width: number; readonly cells: (Cell & { left: number })[] }[] {
  const rows: { width: number; cells: (Cell & { left: number })[] }[] = []
  for (const cell of cells) {
    const row = rows.at(-1)
    if (row !== undefined && row.width + GAP + cell.width <= ROW_WIDTH) {
      row.cells.push({ ...cell, left: MARGIN + row.width + GAP })
      row.width += GAP + cell.width
    } else rows.push({ width: cell.width, cells: [{ ...cell, left: MARGIN }] })
  }
  return rows
}

/** Enlarged by a whole factor, or made to fit. */
function shownSize({ width, height }: Raster): { readonly width: number; readonly height: number } {
  const longest = Math.max(width, height)
  const factor = longest > LONGEST_SIDE ? LONGEST_SIDE / longest : Math.max(1, Math.floor(PICTURE_SIDE / longest))
  return { width: Math.round(width * factor), height: Math.round(height * factor) }
}

function pictureParts({ heading, raster, bar, marks = [] }: FigurePicture, box: PixelBox): FigurePart[] {
  const [scaleX, scaleY] = [box.width / raster.width, box.height / raster.height]
  return [
    { kind: 'picture', name: heading, raster, box },
    { kind: 'frame', of: 'picture', box },
    ...marks.map(({ x, y, width, height }): FigurePart => {
      const marked = { x: box.x + x * scaleX, y: box.y + y * scaleY, width: width * scaleX, height: height * scaleY }
      return { kind: 'frame', of: 'target', box: atLeast(LEAST_MARK, marked) }
    }),
    ...(bar === undefined ? [] : barParts(bar, barBox(box))),
  ]
}

/** A box grown around its middle where a side is shorter than that. */
function atLeast(side: number, { x, y, width, height }: PixelBox): PixelBox {
  const [wide, high] = [Math.max(side, width), Math.max(side, height)]
  return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high }
}

const barBox = ({ x, y, width, height }: PixelBox): PixelBox => ({
  x: x + width + SMALL_GAP,
  y,
  width: BAR_WIDTH,
  height: Math.max(LEAST_BAR, height),
})

function barParts({ scale, open, units }: NonNullable<FigurePicture['bar']>, box: PixelBox): FigurePart[] {
  const { stops, ticks } = colourBarOf(scale, open)
  const x = box.x + BAR_WIDTH + SMALL_GAP
  const size = CAPTION.size
  // The end numbers lie beside the bar's ends, not beyond them.
  const baseline = (position: number): number => box.y + size + (1 - position) * (box.height - size)
  const numbers = ticks.map(
    ({ text, position }): FigurePart => ({ kind: 'text', text, x, baseline: baseline(position), ...CAPTION }),
  )
  const unitsText: FigurePart = {
    kind: 'upwards',
    text: units,
    baseline: box.x - SMALL_GAP + BAR_ROOM,
    y: box.y + box.height / 2,
    ...CAPTION,
  }
  return [{ kind: 'gradient', box, stops }, { kind: 'frame', of: 'picture', box }, ...numbers, unitsText]
}
