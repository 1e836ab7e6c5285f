import { constants, deflateSync } from 'node:zlib'
import { chunk, END, SIGNATURE } from './make-png.ts'

/** Numbers of a seeded generator (mulberry32), so that the variants are the same wherever they are made. */
class Draws {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from 0 to below - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** True once in so many. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256))
  }
}

const KINDS: readonly (readonly [colourType: number, depth: number, samples: number])[] = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth, 1] as const),
  ...[8, 16].map((depth) => [2, depth, 3] as const),
  ...[1, 2, 4, 8].map((depth) => [3, depth, 1] as const),
  ...[8, 16].map((depth) => [4, depth, 2] as const),
  ...[8, 16].map((depth) => [6, depth, 4] as const),
]

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_RLE, constants.Z_HUFFMAN_ONLY, constants.Z_FIXED]

/**
 * A PNG of a kind that occurs, at random: every colour type and depth, interlaced or not, all filters, palettes shorter than their
 * depth allows, tRNS, many and empty IDATs, further chunks (some with a wrong sum), data behind the pixels or the end.
 *
 * scripts/variants/png-digests.ts asks libpng what each of them shows.
 */
export function pngVariant(seed: number): Uint8Array {
  const draws = new Draws(seed)
  const [colourType, depth, samples] = draws.one(KINDS)
  const [width, height] = [1 + draws.below(40), 1 + draws.below(40)]
  const interlaced = draws.oneIn(2)
  const colours = colourType === 3 ? 1 + draws.below(2 ** depth) : 0
  const bitsAPixel = samples * depth
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)
  const stream: Uint8Array[] = []
  const start = draws.below(256)
  for (const [left, top, stepX, stepY] of passes) {
    const columns = Math.ceil((width - left) / stepX)
    const rows = Math.ceil((height - top) / stepY)
    if (columns <= 0 || rows <= 0) continue
    let above = new Uint8Array(Math.ceil((columns * bitsAPixel) / 8))
    for (let y = 0; y < rows; y++) {
      const row = rowOf(draws, columns, bitsAPixel, colours, depth, start + y)
      const filter = draws.below(5)
      stream.push(Uint8Array.of(filter), filtered(row, above, Math.max(1, bitsAPixel / 8), filter))
      above = row
    }
  }
  if (draws.oneIn(12)) stream.push(draws.bytes(1 + draws.below(300)))
  const strategy = draws.one(STRATEGIES)
  let packed: Uint8Array = deflateSync(Buffer.concat(stream), {
    level: draws.below(10),
    strategy,
    windowBits: 9 + draws.below(7),
    memLevel: 1 + draws.below(9),
  })
  // The sum at the end of the stream, of which no pixel depends.
  if (draws.oneIn(20)) packed[packed.length - 1] = (packed[packed.length - 1] as number) ^ 1
  // Too few rows.
  if (draws.oneIn(30)) packed = packed.subarray(0, draws.below(packed.length - 4))
  if (draws.oneIn(12)) packed = Buffer.concat([packed, draws.bytes(1 + draws.below(50))])
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', [...uint32(width), ...uint32(height), depth, colourType, 0, 0, interlaced ? 1 : 0]),
    ...furtherChunks(draws),
    ...(colourType === 3 || ((colourType === 2 || colourType === 6) && draws.oneIn(6))
      ? [chunk('PLTE', draws.bytes(3 * (colours || 1 + draws.below(20))))]
      : []),
    ...transparency(draws, colourType, depth, colours, start),
    ...furtherChunks(draws),
    ...split(draws, packed).map((part) => chunk('IDAT', part)),
    ...(draws.oneIn(20) ? [chunk('IDAT', draws.bytes(draws.below(30)))] : []),
    ...furtherChunks(draws),
    END,
    ...(draws.oneIn(20) ? [draws.bytes(draws.below(40))] : []),
  ])
}

/** Samples that rise slowly with some noise on them, packed; palette indices stay within the palette. */
function rowOf(
  draws: Draws,
  columns: number,
  bitsAPixel: number,
  colours: number,
  depth: number,
  start: number,
): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(Math.ceil((columns * bitsAPixel) / 8))
  if (colours === 0) return row.map((_, i) => start + i + draws.below(8))
  for (let x = 0; x < columns; x++) {
    const bit = x * depth
    row[bit >> 3] = (row[bit >> 3] as number) | (draws.below(colours) << (8 - depth - (bit & 7)))
  }
  return row
}

function filtered(row: Uint8Array, above: Uint8Array, distance: number, filter: number): Uint8Array {
  return row.map((value, i) => {
    const left = row[i - distance] ?? 0
    const up = above[i] ?? 0
    const corner = above[i - distance] ?? 0
    const nearest = [left, up, corner]
      .map((candidate) => ({ candidate, far: Math.abs(left + up - corner - candidate) }))
      .reduce((best, next) => (next.far < best.far ? next : best)).candidate
    return value - ([0, left, up, (left + up) >> 1, nearest][filter] as number)
  })
}

function transparency(draws: Draws, colourType: number, depth: number, colours: number, start: number): Uint8Array[] {
  if (!draws.oneIn(3)) return []
  if (colourType === 3) return [chunk('tRNS', draws.bytes(1 + draws.below(colours + (draws.oneIn(8) ? 3 : 0))))]
  // A colour that occurs, with bits above the depth that do not count.
  const value =
    depth === 16 ? [start + draws.below(8), start + 1 + draws.below(8)] : [draws.below(256), start + draws.below(8)]
  if (colourType === 0) return [chunk('tRNS', value)]
  if (colourType === 2) return [chunk('tRNS', [...value, ...value, ...value])]
  return draws.oneIn(4) ? [chunk('tRNS', value)] : []
}

function furtherChunks(draws: Draws): Uint8Array[] {
  if (!draws.oneIn(4)) return []
  const type = draws.one(['tEXt', 'tIME', 'zzZz', 'gAMA', 'pHYs', 'sBIT', 'bKGD', 'iCCP'])
  const made = Uint8Array.from(chunk(type, draws.bytes(draws.below(20))))
  // A sum that is wrong costs the chunk, not the picture.
  if (draws.oneIn(3)) made[made.length - 1] = (made[made.length - 1] as number) ^ 1
  return [made]
}

function split(draws: Draws, bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = draws.oneIn(10) ? 0 : 1 + draws.below(draws.one([4, 100, 10_000]))
    parts.push(bytes.subarray(at, at + length))
    at += length
  }
  return parts
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** FNV-1a, 64 bits, of bytes; in hexadecimal, as png-samples.c gives it. */
export function fnv1a(bytes: Uint8Array): string {
  // In two halves of 32 bits: the prime is 2^40 + 0x1b3.
  let [high, low] = [0xcbf29ce4, 0x84222325]
  for (let i = 0; i < bytes.length; i++) {
    low = (low ^ (bytes[i] as number)) >>> 0
    const product = low * 0x1b3
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0
    low = product >>> 0
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
