import type { Pixel } from '../analysis/read-out.ts'
import type { PixelBox } from '../analysis/target-place.ts'

/** What a contact sheet is to hold, and the room that it has. */
export interface SheetOptions {
  /** Channels in the order in which they are shown. */
  readonly channels: readonly number[]
  /** Of a channel's plane. */
  readonly width: number
  readonly height: number
  /** Room for the sheet, in CSS pixels; at least one column is shown. */
  readonly available: number
  /** Longest side of a channel's picture, in CSS pixels. */
  readonly cell: number
  /** Between pictures, in CSS pixels. */
  readonly gap: number
  /** Device pixels in a CSS pixel. */
  readonly ratio: number
}

/**
 * Pictures of channels in rows. Planes that are smaller than a picture are enlarged by a whole factor, larger ones averaged over
 * blocks, both in device pixels, so that nothing is blurred. Lengths are device pixels.
 */
export interface SheetLayout {
  readonly channels: readonly number[]
  /** Of a channel's plane. */
  readonly plane: { readonly width: number; readonly height: number }
  readonly columns: number
  readonly rows: number
  /** Device pixels for a value of a plane; 1 where planes are averaged. */
  readonly enlargement: number
  /** Values of a plane, along each side, for a device pixel; 1 where planes are enlarged. */
  readonly block: number
  /** Of a picture. */
  readonly cellWidth: number
  readonly cellHeight: number
  readonly gap: number
  /** Of the canvas. */
  readonly width: number
  readonly height: number
  readonly ratio: number
}

/** Lays out a sheet. */
export function sheetLayout({ channels, width, height, available, cell, gap, ratio }: SheetOptions): SheetLayout {
  const side = Math.max(Math.round(cell * ratio), 1)
  const longest = Math.max(width, height)
  const enlargement = Math.max(Math.floor(side / longest), 1)
  const block = Math.ceil(longest / side)
  const cellWidth = Math.ceil(width / block) * enlargement
  const cellHeight = Math.ceil(height / block) * enlargement
  const between = Math.round(gap * ratio)
  const fitting = Math.floor((Math.floor(available * ratio) + between) / (cellWidth + between))
  const columns = Math.max(Math.min(fitting, channels.length), 1)
  const rows = Math.ceil(channels.length / columns)
  return {
    channels,
    plane: { width, height },
    columns,
    rows,
    enlargement,
    block,
    cellWidth,
    cellHeight,
    gap: between,
    width: columns * (cellWidth + between) - between,
    height: Math.max(rows * (cellHeight + between) - between, 0),
    ratio,
  }
}

/** Where the picture at a position (0 is the first) lies, in CSS pixels. */
export function cellBox({ columns, cellWidth, cellHeight, gap, ratio }: SheetLayout, position: number): PixelBox {
  return {
    x: ((position % columns) * (cellWidth + gap)) / ratio,
    y: (Math.floor(position / columns) * (cellHeight + gap)) / ratio,
    width: cellWidth / ratio,
    height: cellHeight / ratio,
  }
}

/** A place of a sheet: which channel is there, and which of its values (the first of a block). */
export interface SheetPlace extends Pixel {
  readonly position: number
  readonly channel: number
}

/** What lies at a point, in CSS pixels from the sheet's corner; undefined between pictures and beyond them. */
export function placeAt(layout: SheetLayout, x: number, y: number): SheetPlace | undefined {
  const { channels, columns, cellWidth, cellHeight, gap, enlargement, block, ratio, plane } = layout
  const [right, down] = [x * ratio, y * ratio]
  const [column, row] = [Math.floor(right / (cellWidth + gap)), Math.floor(down / (cellHeight + gap))]
  const [insideX, insideY] = [right - column * (cellWidth + gap), down - row * (cellHeight + gap)]
  const position = row * columns + column
  const channel = channels[position]
  const outside = column < 0 || column >= columns || row < 0 || insideX >= cellWidth || insideY >= cellHeight
  if (outside || channel === undefined) return undefined
  const value = (inside: number, size: number): number => Math.min(Math.floor(inside / enlargement) * block, size - 1)
  return { position, channel, x: value(insideX, plane.width), y: value(insideY, plane.height) }
}
