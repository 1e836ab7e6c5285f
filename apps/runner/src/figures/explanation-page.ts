import { InputError, ShapeError } from '@noisescope/core'
import { formatValue, grey, type Rgb, sequential, signed } from '@noisescope/palettes'
import { type ColourBar, colourBarWidth, drawColourBar, oddOf } from './colour-bar.ts'
import type { Box, Figure, Raster } from './figure.ts'
import { lineHeight, shortened, wrapped } from './font.ts'
import { MUTED, Page, RULE, type TextStyle } from './page.ts'
import { blockMeans, hatched, magnified, painted, paintedColour } from './raster.ts'

/** Pictures are magnified or averaged by whole factors to about this many pixels a side. */
const PICTURE_SIDE = 196
const MARGIN = 32
const CELL_GAP = 28
const LINE_GAP = 6
/** Cells in a row; the page is as wide as they need. */
const COLUMNS = 4

/** Frames of targets: an orange that stands out on any grey. */
const MARK: Rgb = [235, 120, 0]

const TITLE: TextStyle = { size: 17, bold: true }
const HEADING: TextStyle = { size: 14, bold: true }
const CAPTION: TextStyle = { size: 12, colour: MUTED }

/** An image on 0..1, [c, h, w]: the context of the maps. */
export interface PageImage {
  readonly heading: string
  readonly caption?: string | undefined
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Float32Array
  /** A rectangle of its pixels that gets a frame: where the target is. */
  readonly marked?: Box | undefined
}

/** A map of values [h, w], or [c, h, w], whose channels are added up. */
export interface PageMap {
  readonly heading: string
  readonly caption?: string | undefined
  readonly shape: readonly number[]
  readonly data: Float32Array
  /** Drawn on the diverging scale with zero in its middle. */
  readonly signed: boolean
  readonly units: string
  /** 'ok', or why there is nothing to see, which is then said in words. */
  readonly status: 'ok' | 'flat' | 'not-finite' | 'saturated'
}

/** What a page shows. */
export interface ExplanationPage {
  readonly title: string
  readonly images: readonly PageImage[]
  readonly maps: readonly PageMap[]
  /** Lines below the pictures. */
  readonly notes?: readonly string[] | undefined
}

const UNUSABLE = {
  flat: 'the same everywhere: it says nothing',
  'not-finite': 'holds NaN or infinity: not drawn',
} as const

/** Something that fills a cell. */
interface Cell {
  readonly heading: string
  readonly captions: readonly string[]
  readonly picture: Raster
  readonly bar: ColourBar | undefined
  /** In pixels of the picture. */
  readonly marked?: Box | undefined
}

/**
 * A page of images and the maps that explain them, each map with a colour bar in its own units: signed ones on a diverging scale
 * with zero in the middle, others on a sequential one, both perceptually uniform. A map that says nothing is hatched and named.
 * @throws {ShapeError} when a map or image has another number of values than its shape says; {InputError} without any.
 */
export function explanationPage({ title, images, maps, notes = [] }: ExplanationPage): Figure {
  const cells = [...images.map(imageCell), ...maps.map(mapCell)]
  if (cells.length === 0) throw new InputError('there is nothing to draw; expected at least one image or map')
  const barWidth = Math.max(0, ...cells.map(({ bar }) => (bar === undefined ? 0 : colourBarWidth(bar) + LINE_GAP)))
  const pictureWidth = Math.max(...cells.map(({ picture }) => picture.width))
  const pictureHeight = Math.max(...cells.map(({ picture }) => picture.height))
  const cellWidth = pictureWidth + barWidth
  const lines = Math.max(...cells.map(({ captions }) => captions.length))
  const cellHeight = lineHeight(HEADING) + LINE_GAP + pictureHeight + LINE_GAP + lines * lineHeight(CAPTION)
  const columns = Math.min(COLUMNS, cells.length)
  const rows = Math.ceil(cells.length / columns)
  const width = 2 * MARGIN + columns * cellWidth + (columns - 1) * CELL_GAP
  const titleLines = wrapped(title, TITLE, width - 2 * MARGIN)
  const noteLines = notes.flatMap((note) => wrapped(note, CAPTION, width - 2 * MARGIN))
  const cellsTop = MARGIN + titleLines.length * lineHeight(TITLE) + 2 * LINE_GAP
  const notesTop = cellsTop + rows * (cellHeight + CELL_GAP)
  const page = new Page(width, notesTop + noteLines.length * lineHeight(CAPTION) + MARGIN)

  page.paragraph(titleLines, MARGIN, MARGIN, TITLE)
  for (const [i, { heading, captions, picture, bar, marked }] of cells.entries()) {
    const x = MARGIN + (i % columns) * (cellWidth + CELL_GAP)
    const top = cellsTop + Math.floor(i / columns) * (cellHeight + CELL_GAP)
    const y = top + lineHeight(HEADING) + LINE_GAP
    page.text(shortened(heading, HEADING, cellWidth), x, top, HEADING)
    page.frame({ x, y, width: picture.width, height: picture.height }, RULE)
    page.picture(heading, picture, x, y)
    if (marked !== undefined) page.frame({ ...marked, x: x + marked.x, y: y + marked.y }, MARK)
    if (bar !== undefined) drawColourBar(page, bar, x + picture.width + LINE_GAP, y, oddOf(picture.height))
    captions.forEach((caption, line) => {
      const captionTop = y + picture.height + LINE_GAP + line * lineHeight(CAPTION)
      page.text(shortened(caption, CAPTION, cellWidth), x, captionTop, CAPTION)
    })
  }
  page.paragraph(noteLines, MARGIN, notesTop, CAPTION)
  return page.figure()
}

function imageCell({ heading, caption = '', width, height, channels, data, marked }: PageImage): Cell {
  checkLength(heading, data, [channels, height, width])
  const picture = channels === 3 ? fitted(paintedColour(data, width, height)) : planePicture(data, width, height, grey)
  const scale = picture.width / width
  const scaled = marked && {
    x: Math.round(marked.x * scale),
    y: Math.round(marked.y * scale),
    width: Math.max(1, Math.round(marked.width * scale)),
    height: Math.max(1, Math.round(marked.height * scale)),
  }
  return { heading, captions: caption === '' ? [] : [caption], picture, bar: undefined, marked: scaled }
}

function mapCell({ heading, caption = '', shape, data, signed: isSigned, units, status }: PageMap): Cell {
  checkLength(heading, data, shape)
  const [height = 1, width = 1] = shape.slice(-2)
  const plane = channelSum(data, width * height)
  const captions = caption === '' ? [] : [caption]
  if (status === 'flat' || status === 'not-finite') {
    const words = status === 'flat' ? `${UNUSABLE.flat} (${formatValue(data[0] ?? 0)})` : UNUSABLE[status]
    return { heading, captions: [...captions, words], picture: fitted(hatched(width, height)), bar: undefined }
  }
  const [low, high] = rangeOf(plane, isSigned)
  const colouring = isSigned ? signed(high) : sequential(low, high)
  const ticks = isSigned ? [high, 0, low] : [high, (low + high) / 2, low]
  const bar: ColourBar = { colouring, low, high, ticks, font: CAPTION, title: units }
  const warning = status === 'saturated' ? ["saturated: the network's end has swallowed the gradient"] : []
  return { heading, captions: [...captions, ...warning], picture: planePicture(plane, width, height, colouring), bar }
}

function checkLength(name: string, data: Float32Array, shape: readonly number[]): void {
  const expected = shape.reduce((a, b) => a * b, 1)
  if (data.length !== expected) {
    throw new ShapeError(`${name} has ${data.length} values; expected ${expected} for ${shape.join('x')}`)
  }
}

/** The channels of [c, h, w] added up. */
function channelSum(data: Float32Array, pixels: number): Float32Array {
  if (data.length === pixels) return data
  const sums = new Float32Array(pixels)
  for (let i = 0; i < data.length; i++) sums[i % pixels] = (sums[i % pixels] as number) + (data[i] as number)
  return sums
}

/** Ends of the scale: those of the values, and for signed ones as far on either side of zero. */
function rangeOf(values: Float32Array, isSigned: boolean): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
  if (!isSigned) return low === high ? [low, low + 1] : [low, high]
  const limit = Math.max(Math.abs(low), Math.abs(high)) || 1
  return [-limit, limit]
}

/** A plane as a picture of about the usual size: magnified, or averaged over blocks, by a whole factor. */
function planePicture(
  values: Float32Array,
  width: number,
  height: number,
  colouring: Parameters<typeof painted>[3],
): Raster {
  const shrink = Math.ceil(Math.max(width, height) / (2 * PICTURE_SIDE))
  if (shrink === 1) return fitted(painted(values, width, height, colouring))
  const means = blockMeans(values, width, height, shrink)
  return painted(means, Math.ceil(width / shrink), Math.ceil(height / shrink), colouring)
}

const fitted = (picture: Raster): Raster =>
  magnified(picture, Math.max(1, Math.floor(PICTURE_SIDE / Math.max(picture.width, picture.height))))
