import { lookupOf, pixelOf, type Scale } from '@noisescope/palettes'
import type { SheetLayout } from './contact-sheet.ts'
import { type Raster, rasterOf } from './raster.ts'

/** What a sheet shows. */
export interface SheetContent {
  /** [c, h, w] */
  readonly values: Float32Array
  /** The colours of a channel; undefined hatches it, for one that has nothing to show. */
  readonly scaleOf: (channel: number) => Scale | undefined
}

/** Diagonal lines for what has no data: their distance and width in CSS pixels, and a grey that shows on light and dark. */
const HATCH_PERIOD = 7
const HATCH_WIDTH = 2
const HATCH_GREY = 136
const HATCH_OPACITY = 128

/** Where a picture is painted. */
interface Target {
  readonly pixels: Uint32Array
  /** Index of its first pixel. */
  readonly start: number
}

/** Paints all channels of a sheet; between them it is transparent. @param reused painted on when it has the sheet's size */
export function paintSheet(layout: SheetLayout, { values, scaleOf }: SheetContent, reused?: Raster): Raster {
  const raster = rasterOf(layout.width, layout.height, reused)
  const pixels = new Uint32Array(raster.data.buffer)
  pixels.fill(0)
  const { channels, columns, cellWidth, cellHeight, gap, plane } = layout
  const size = plane.width * plane.height
  channels.forEach((channel, position) => {
    const row = Math.floor(position / columns) * (cellHeight + gap)
    const target = { pixels, start: row * layout.width + (position % columns) * (cellWidth + gap) }
    const scale = scaleOf(channel)
    if (scale === undefined) hatch(layout, target)
    else paintPlane(layout, target, values.subarray(channel * size, (channel + 1) * size), scale)
  })
  return raster
}

function paintPlane(layout: SheetLayout, { pixels, start }: Target, plane: Float32Array, scale: Scale): void {
  const { enlargement, block, cellWidth, cellHeight, width } = layout
  const lookup = lookupOf(scale)
  const values = block === 1 ? plane : blockMeans(plane, layout.plane, block)
  const columns = cellWidth / enlargement
  for (let row = 0; row < cellHeight / enlargement; row++) {
    const line = start + row * enlargement * width
    for (let column = 0, to = line; column < columns; column++) {
      const pixel = pixelOf(lookup, values[row * columns + column] as number)
      for (const end = to + enlargement; to < end; to++) pixels[to] = pixel
    }
    for (let copy = 1; copy < enlargement; copy++) pixels.copyWithin(line + copy * width, line, line + cellWidth)
  }
}

/** A plane averaged over blocks, which may be smaller at the far edges. */
function blockMeans(plane: Float32Array, { width, height }: SheetLayout['plane'], block: number): Float32Array {
  const columns = Math.ceil(width / block)
  const means = new Float32Array(columns * Math.ceil(height / block))
  for (let y = 0, from = 0; y < height; y++) {
    const row = Math.floor(y / block) * columns
    const rows = Math.min(block, height - (y - (y % block)))
    for (let column = 0, x = 0; column < columns; column++) {
      const end = Math.min(x + block, width)
      const count = (end - x) * rows
      let sum = 0
      for (; x < end; x++) sum += plane[from++] as number
      means[row + column] = (means[row + column] as number) + sum / count
    }
  }
  return means
}

function hatch({ cellWidth, cellHeight, width, ratio }: SheetLayout, { pixels, start }: Target): void {
  const [line] = new Uint32Array(Uint8Array.of(HATCH_GREY, HATCH_GREY, HATCH_GREY, HATCH_OPACITY).buffer)
  const [period, thickness] = [Math.round(HATCH_PERIOD * ratio), Math.round(HATCH_WIDTH * ratio)]
  for (let y = 0; y < cellHeight; y++) {
    for (let x = 0; x < cellWidth; x++) {
      if ((x + y) % period < thickness) pixels[start + y * width + x] = line ?? 0
    }
  }
}
