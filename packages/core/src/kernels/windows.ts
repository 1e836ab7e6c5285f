import type { Shape } from '../shape.ts'
import { padToFour } from '../shape.ts'
import type { Pair, PoolAttributes } from './attributes.ts'
import type { Tail, Together } from './kernel.ts'
import { isNan, largestOf } from './nan.ts'

const COMPONENTS = ['x', 'y', 'z', 'w'] as const

/** Most rows of a window that are worth unrolling. */
const MAX_UNROLLED_ROWS = 4

/**
 * Windows that tile an image without gaps, overlap or padding, so that a thread can read whole rows of them as vectors:
 * a load costs the same whatever its width.
 */
export interface Tiling {
  /** Neighbouring windows that one thread takes. */
  readonly windows: 1 | 2
  /** Shape of the threads: [n, c, rows of windows, threads a row]. */
  readonly threads: readonly [number, number, number, number]
  /** Type of one row of a thread's windows. */
  readonly row: 'vec2f' | 'vec4f'
  /** Type of one value for each of a thread's windows. */
  readonly each: 'f32' | 'vec2f'
  /** WGSL of the index of the thread's first row among the vectors of the image. */
  readonly first: string
  /** WGSL that reads the thread's rows of `name` into row0, row1, ... */
  readRows(name: string): string
  /** WGSL of the pixels of a window of the thread, row-major, as expressions on the rows. */
  pixels(window: number): readonly string[]
  /** WGSL of the value that belongs to a window of the thread. */
  of(name: string, window: number): string
}

/** How the windows tile the image, or undefined when they do not or are not two or four pixels wide. */
export function tilingOf(image: Shape, { size, stride, padding }: PoolAttributes): Tiling | undefined {
  const [n, c, h, w] = padToFour(image)
  const [rows, columns] = size
  const padded = padding.top + padding.bottom + padding.left + padding.right > 0
  const exact = stride[0] === rows && stride[1] === columns && h % rows === 0 && w % columns === 0
  if (padded || !exact || rows > MAX_UNROLLED_ROWS || (columns !== 2 && columns !== 4)) return undefined
  const windows = columns === 2 && w % 4 === 0 ? 2 : 1
  const width = columns * windows
  const perRow = w / width
  const first = `((id / ${perRow}u) * ${rows * perRow}u + id % ${perRow}u)`
  return {
    windows,
    threads: [n, c, h / rows, perRow],
    row: width === 2 ? 'vec2f' : 'vec4f',
    each: windows === 2 ? 'vec2f' : 'f32',
    first,
    readRows: (name) =>
      [
        `let first = ${first};`,
        ...Array.from({ length: rows }, (_, r) => `let row${r} = ${name}[first + ${r * perRow}u];`),
      ].join('\n  '),
    pixels: (window) =>
      Array.from(
        { length: rows * columns },
        (_, p) => `row${Math.floor(p / columns)}.${COMPONENTS[window * columns + (p % columns)]}`,
      ),
    of: (name, window) => (windows === 2 ? `${name}.${COMPONENTS[window]}` : name),
  }
}

/** Windows side by side that cover blocks of `scale`. */
export function blocksOf(scale: Pair): PoolAttributes {
  return { size: scale, stride: scale, padding: { top: 0, bottom: 0, left: 0, right: 0 } }
}

/**
 * WGSL that leaves the maximum of a window's pixels in `best`, and which of them is the first as large in `winner`: the last where one is NaN.
 * @param pixels row-major: of type f32, or vec2f where they are those of two windows together.
 */
export function firstMaximumOf(pixels: readonly string[], together: Together = 1): string {
  const type = together === 2 ? 'vec2f' : 'f32'
  const winner = pixels.reduceRight(
    (later, _, place) =>
      later === '' ? `${type}(${place}.0)` : `select(${later}, ${type}(${place}.0), pixel${place} == best)`,
    '',
  )
  return `${pixels.map((pixel, place) => `let pixel${place} = ${pixel};`).join(' ')}
    let best = ${largestOf(
      pixels.map((_, place) => `pixel${place}`),
      type,
    )};
    let winner = ${winner};`
}

/** WGSL that gives the maximum of window `i`, and its place if that is wanted too, beside a kernel's own values (`Tail.beside`). */
export const maximumBeside = ({ beside }: Tail, i: string, pixels: readonly string[], together: Together): string =>
  `{
    ${firstMaximumOf(pixels, together)}
    maximum(${i}, best);${beside?.has('argmax') ? `\n    argmax(${i}, winner);` : ''}
  }`

/** Whether windows of 2x2 tile an image [n, c, h, w]. */
export const isTiledByTwos = (image: Shape, pool: PoolAttributes): boolean =>
  pool.size.every((each) => each === 2) && tilingOf(image, pool) !== undefined

/** WGSL of the pixels [yBegin, yEnd) x [xBegin, xEnd) of window (oy, ox) that are inside an image of h x w. */
export function windowBounds(
  oy: string,
  ox: string,
  h: number,
  w: number,
  { size, stride, padding }: PoolAttributes,
): string {
  return `let yBegin = max(${oy} * ${stride[0]}u, ${padding.top}u) - ${padding.top}u;
  let yEnd = min(${oy} * ${stride[0]}u + ${size[0]}u - ${padding.top}u, ${h}u);
  let xBegin = max(${ox} * ${stride[1]}u, ${padding.left}u) - ${padding.left}u;
  let xEnd = min(${ox} * ${stride[1]}u + ${size[1]}u - ${padding.left}u, ${w}u);`
}

/**
 * WGSL functions for images of h x w: `firstMaximum(plane, oy, ox)`, where in its window of x the first maximum is, as
 * row * columns + column from the window's corner, which may lie in the padding; and `pixelAt(plane, oy, ox, place)`, the index
 * in x of that.
 */
export function firstMaximumFunction(h: number, w: number, pool: PoolAttributes): string {
  const { size, stride, padding } = pool
  return `${pixelAtFunction(h, w, pool)}

fn firstMaximum(plane: u32, oy: u32, ox: u32) -> u32 {
  ${windowBounds('oy', 'ox', h, w, pool)}
  var winner = vec2u(yBegin, xBegin);
  var best = x[plane * ${h * w}u + yBegin * ${w}u + xBegin];
  for (var y = yBegin; y < yEnd; y++) {
    for (var column = xBegin; column < xEnd; column++) {
      let value = x[plane * ${h * w}u + y * ${w}u + column];
      if (value > best || ${isNan('value', 'f32')}) { best = value; winner = vec2u(y, column); }
    }
  }
  let place = winner + vec2u(${padding.top}u, ${padding.left}u) - vec2u(oy * ${stride[0]}u, ox * ${stride[1]}u);
  return place.x * ${size[1]}u + place.y;
}`
}

/** WGSL function `pixelAt(plane, oy, ox, place)`: see `firstMaximumFunction`. */
export function pixelAtFunction(h: number, w: number, { size, stride, padding }: PoolAttributes): string {
  return `fn pixelAt(plane: u32, oy: u32, ox: u32, place: u32) -> u32 {
  let y = oy * ${stride[0]}u + place / ${size[1]}u - ${padding.top}u;
  let column = ox * ${stride[1]}u + place % ${size[1]}u - ${padding.left}u;
  return plane * ${h * w}u + y * ${w}u + column;
}`
}
