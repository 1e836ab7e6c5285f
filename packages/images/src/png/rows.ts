import { InputError } from '@noisescope/core'
import type { RowPart } from '../planes.ts'
import type { PngOutline } from './chunks.ts'
import { unfilter } from './filters.ts'
import { openInflater } from './inflater.ts'

/** First column and row, and the steps, of Adam7's seven passes (PNG specification, section 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Takes the bytes of a row, no longer filtered, and where its pixels belong; the bytes are only valid during the call. */
export type TakeRow = (row: Uint8Array, y: number, part: RowPart) => void

/** Rows of a PNG's passes in the order in which they are stored. */
interface Pass extends RowPart {
  readonly top: number
  readonly stepY: number
  readonly rows: number
}

function passesOf({ width, height, isInterlaced }: PngOutline): Pass[] {
  if (!isInterlaced) return [{ left: 0, step: 1, count: width, top: 0, stepY: 1, rows: height }]
  return ADAM7.map(([left, top, step, stepY]) => ({
    left,
    step,
    count: Math.ceil((width - left) / step),
    top,
    stepY,
    rows: Math.ceil((height - top) / stepY),
  })).filter(({ count, rows }) => count > 0 && rows > 0)
}

/**
 * Unpacks the pixels of a PNG row by row; what follows behind the last row is passed over, as libpng does, which looks at the
 * stream's sum only where nothing does.
 *
 * @throws InputError if the pixels cannot be unpacked, end early or have another sum than their stream says, or a filter does not
 *   exist
 */
export function readRows(outline: PngOutline, name: string, take: TakeRow): void {
  const inflater = openInflater(outline.compressed)
  const bitsAPixel = outline.samplesPerPixel * outline.bitDepth
  const bytesAPixel = Math.max(1, bitsAPixel / 8)
  for (const pass of passesOf(outline)) {
    const length = 1 + Math.ceil((pass.count * bitsAPixel) / 8)
    let row = new Uint8Array(length)
    let above = new Uint8Array(length)
    for (let y = 0; y < pass.rows; y++) {
      if (!inflater.fill(row)) throw unreadable(outline, name, inflater.finding)
      if (!unfilter(row, above, bytesAPixel)) throw unreadable(outline, name, `there is no filter ${row[0]}`)
      take(row.subarray(1), pass.top + y * pass.stepY, pass)
      const finished = row
      row = above
      above = finished
    }
  }
  if (!inflater.hasEnd()) throw unreadable(outline, name, inflater.finding)
}

const unreadable = ({ width, height }: PngOutline, name: string, finding: string): InputError =>
  new InputError(
    `${name} is a damaged PNG: the data of its ${width}x${height} pixels ` +
      `${finding === '' ? 'ends early' : `cannot be read (${finding})`}; save or fetch it again`,
  )
