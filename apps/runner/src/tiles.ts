/** Pixels that neighbouring tiles share, over which one fades into the next. */
const OVERLAP = 8

/** Where a tile lies: the pixel of its upper left corner. */
export interface Corner {
  readonly x: number
  readonly y: number
}

/** One channel of an image. */
export interface Plane {
  readonly width: number
  readonly height: number
  /** [height, width] */
  readonly data: Float32Array
}

/** Corners of square tiles that cover an image, evenly spaced, sharing at least the overlap; one where it is no larger. */
export function tileCorners({ width, height }: { width: number; height: number }, size: number): Corner[] {
  const rows = starts(height, size)
  const columns = starts(width, size)
  return rows.flatMap((y) => columns.map((x) => ({ x, y })))
}

function starts(length: number, size: number): number[] {
  const room = Math.max(0, length - size)
  const steps = Math.ceil(room / (size - OVERLAP))
  return Array.from({ length: steps + 1 }, (_, i) => (steps === 0 ? 0 : Math.round((i * room) / steps)))
}

/** Copies a tile out of a plane into `target` [size, size]; beyond the plane's edges it is reflected. */
export function cutTile(plane: Plane, { x, y }: Corner, size: number, target: Float32Array): void {
  for (let row = 0; row < size; row++) {
    const start = reflected(y + row, plane.height) * plane.width
    for (let column = 0; column < size; column++) {
      target[row * size + column] = plane.data[start + reflected(x + column, plane.width)] as number
    }
  }
}

/** The index that a position beyond the end mirrors, the last pixel not repeated: 0 1 2 3 2 1 0 1 ... of four. */
function reflected(position: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const within = position % period
  return within < length ? within : period - within
}

/** Puts tiles together: where they overlap, their mean weighted by the distance from each one's edge. */
export class Blend {
  readonly #width: number
  readonly #height: number
  readonly #size: number
  readonly #sums: Float64Array
  readonly #weights: Float64Array

  constructor({ width, height }: { width: number; height: number }, size: number) {
    this.#width = width
    this.#height = height
    this.#size = size
    this.#sums = new Float64Array(width * height)
    this.#weights = new Float64Array(width * height)
  }

  /** Adds a tile [size, size]; what lies outside of the image is dropped. */
  add(tile: Float32Array, { x, y }: Corner): void {
    const size = this.#size
    const rows = Math.min(size, this.#height - y)
    const columns = Math.min(size, this.#width - x)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const weight = ramp(row, size) * ramp(column, size)
        const pixel = (y + row) * this.#width + x + column
        this.#sums[pixel] = (this.#sums[pixel] as number) + weight * (tile[row * size + column] as number)
        this.#weights[pixel] = (this.#weights[pixel] as number) + weight
      }
    }
  }

  /** The image [height, width]; tiles must have covered it. */
  result(): Float32Array {
    return Float32Array.from(this.#sums, (sum, pixel) => sum / (this.#weights[pixel] as number))
  }
}

/** Weight along one axis: rises from 1 at the edge to its most where no neighbour reaches. */
function ramp(position: number, size: number): number {
  return Math.min(position + 1, size - position, OVERLAP + 1)
}
