import type { Hdf5Cursor } from './cursor.ts'

/** Where the values of an array are. */
export type Layout =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly size: number }
  | {
      readonly kind: 'chunked'
      /** Sizes of a chunk along the axes. */
      readonly chunk: readonly number[]
      /** Bytes of an element, as the chunks have it. */
      readonly elementBytes: number
      readonly index: ChunkIndex
      readonly address: number | undefined
      /** Whether chunks that reach beyond the array are stored without filters. */
      readonly isEdgePlain: boolean
    }

/** How chunks are found. */
export type ChunkIndex =
  | { readonly kind: 'tree' }
  | { readonly kind: 'single'; readonly filtered?: { readonly size: number; readonly skipped: number } }
  | { readonly kind: 'implicit' }
  | { readonly kind: 'fixed array'; readonly pageBits: number }
  | ExtensibleArray
  | { readonly kind: 'tree 2' }

/** A list that grows: a few entries in its first block, the others in blocks that become larger. */
export interface ExtensibleArray {
  readonly kind: 'extensible array'
  /** Bits of the largest number of entries. */
  readonly countBits: number
  readonly firstEntries: number
  readonly leastPointers: number
  readonly leastEntries: number
  readonly pageBits: number
}

/** Reads where an array's values are. @throws the refusal, when they are not in this file, or it is of an unknown kind. */
export function readLayout(cursor: Hdf5Cursor, path: string): Layout {
  const version = cursor.version(3, 4)
  const kind = cursor.uint8()
  if (kind === 0) return { kind: 'compact', bytes: cursor.take(cursor.uint16()) }
  if (kind === 1) return { kind: 'contiguous', address: cursor.address(), size: cursor.length() }
  if (kind === 3 && version === 4)
    cursor.refuse(`its array ${path} is virtual: its values are in other arrays or files; store them in one`)
  if (kind !== 2) cursor.refuse(`its array ${path} lies in an unknown way (${kind})`)
  return version === 3 ? readChunked(cursor) : readChunked4(cursor, path)
}

function readChunked(cursor: Hdf5Cursor): Layout {
  const rank = cursor.uint8()
  const address = cursor.address()
  const sizes = Array.from({ length: rank }, () => cursor.uint32())
  return {
    kind: 'chunked',
    chunk: sizes.slice(0, -1),
    elementBytes: sizes.at(-1) ?? 0,
    index: { kind: 'tree' },
    address,
    isEdgePlain: false,
  }
}

function readChunked4(cursor: Hdf5Cursor, path: string): Layout {
  const flags = cursor.uint8()
  const rank = cursor.uint8()
  const width = cursor.uint8()
  if (width < 1 || width > 8) cursor.refuse(`its array ${path} gives chunks in ${width} bytes`)
  const sizes = Array.from({ length: rank }, () => cursor.uint(width))
  const index = readIndex(cursor, (flags & 2) !== 0, path)
  return {
    kind: 'chunked',
    chunk: sizes.slice(0, -1),
    elementBytes: sizes.at(-1) ?? 0,
    index,
    address: cursor.address(),
    isEdgePlain: (flags & 1) !== 0,
  }
}

function readIndex(cursor: Hdf5Cursor, isFiltered: boolean, path: string): ChunkIndex {
  switch (cursor.uint8()) {
    case 1:
      return isFiltered
        ? { kind: 'single', filtered: { size: cursor.length(), skipped: cursor.uint32() } }
        : { kind: 'single' }
    case 2:
      return { kind: 'implicit' }
    case 3:
      return { kind: 'fixed array', pageBits: cursor.uint8() }
    case 4:
      return {
        kind: 'extensible array',
        countBits: cursor.uint8(),
        firstEntries: cursor.uint8(),
        leastPointers: cursor.uint8(),
        leastEntries: cursor.uint8(),
        pageBits: cursor.uint8(),
      }
    case 5:
      cursor.skip(6)
      return { kind: 'tree 2' }
    default:
      return cursor.refuse(`its array ${path} lists its chunks in an unknown way`)
  }
}
