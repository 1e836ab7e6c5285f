import { InputError } from '@noisescope/core'

/** A tile of an image: what is cut out, and the part of it that is kept. */
export interface ExactTile {
  /** Pixel of the image at the tile's upper left corner. */
  readonly x: number
  readonly y: number
  /** First and last + 1 column and row of the image that this tile gives. */
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Tiles of one size that cover an image. */
export interface ExactTiles {
  readonly width: number
  readonly height: number
  readonly tiles: readonly ExactTile[]
}

export interface ExactTilesOptions {
  /** How far an input pixel can change the output, in pixels along either axis. */
  readonly radius: number
  /** Tiles start at multiples of it; the image's sides must be multiples too. 1 if not given. */
  readonly alignment?: number
  /** Most pixels of a tile. */
  readonly maximumPixels: number
}

/**
 * Tiles that give every pixel of the whole image's output: no pixel is taken nearer than `radius` to a cut.
 * An image of at most `maximumPixels` is one tile; others are cut into the tiles of least work.
 * @throws InputError when no tile within `maximumPixels` has an inside.
 */
export function exactTiles(
  { width, height }: { readonly width: number; readonly height: number },
  { radius, alignment = 1, maximumPixels }: ExactTilesOptions,
): ExactTiles {
  const margin = Math.ceil(radius / alignment) * alignment
  let best: { columns: Axis; rows: Axis } | undefined
  const work = ({ columns, rows }: { columns: Axis; rows: Axis }): number =>
    columns.tile * columns.count * rows.tile * rows.count
  for (let across = 1; across <= width; across++) {
    const columns = axis(width, across, margin, alignment)
    if (columns === undefined) break
    const rows = fewestTiles(height, Math.floor(maximumPixels / columns.tile), margin, alignment)
    if (rows === undefined) continue
    if (best === undefined || work({ columns, rows }) < work(best)) best = { columns, rows }
    if (rows.count === 1) break
  }
  if (best === undefined) {
    throw new InputError(
      `an image of ${width}x${height} cannot be cut into tiles of ${maximumPixels} pixels that see ${radius} pixels around ` +
        'each; an adapter with more memory, or a network of fewer layers is needed',
    )
  }
  const { columns, rows } = best
  const [across, down] = [startsOf(columns), startsOf(rows)]
  const tiles = down.flatMap((y, row) =>
    across.map((x, column) => {
      const [left, right] = kept(columns, across, column)
      const [top, bottom] = kept(rows, down, row)
      return { x, y, left, right, top, bottom }
    }),
  )
  return { width: columns.tile, height: rows.tile, tiles }
}

/** Tiles along one axis. */
interface Axis {
  readonly length: number
  readonly tile: number
  readonly count: number
  /** From the start of one tile to the next; the last may lie nearer, to end where the axis does. */
  readonly step: number
}

/** `count` tiles along an axis; undefined when they would be all margin. */
function axis(length: number, count: number, margin: number, alignment: number): Axis | undefined {
  if (count === 1) return { length, tile: length, count, step: length }
  const tile = Math.ceil((length + (count - 1) * 2 * margin) / count / alignment) * alignment
  const step = tile - 2 * margin
  return step < alignment || tile >= length ? undefined : { length, tile, count, step }
}

/** The fewest tiles of at most so many pixels along an axis; undefined when those would be all margin. */
function fewestTiles(length: number, most: number, margin: number, alignment: number): Axis | undefined {
  if (length <= most) return axis(length, 1, margin, alignment)
  const inside = Math.floor(most / alignment) * alignment - 2 * margin
  if (inside < alignment) return undefined
  return axis(length, Math.ceil((length - 2 * margin) / inside), margin, alignment)
}

const startsOf = ({ length, tile, count, step }: Axis): number[] =>
  Array.from({ length: count }, (_, i) => Math.min(i * step, length - tile))

/** The part of an axis that a tile gives: up to the middle of what it shares with its neighbours. */
function kept({ length, tile }: Axis, starts: readonly number[], place: number): [number, number] {
  const start = starts[place] ?? 0
  const before = starts[place - 1]
  const after = starts[place + 1]
  return [
    before === undefined ? 0 : (before + tile + start) >> 1,
    after === undefined ? length : (start + tile + after) >> 1,
  ]
}
