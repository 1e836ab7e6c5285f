import type { Hdf5Cursor } from './cursor.ts'
import type { Hdf5Source } from './source.ts'

/** A list of an array's chunks. */
export interface ChunkList {
  /** What it is, for messages. */
  readonly what: string
  readonly address: number
  /** Whether entries say what became of each chunk's filters. */
  readonly isFiltered: boolean
  /** Bytes of a chunk that no filter changes. */
  readonly chunkBytes: number
}

/** An entry of such a list that has a chunk. */
export interface ChunkEntry {
  readonly entry: number
  readonly address: number
  readonly size: number
  /** Bit i is set where filter i was not applied. */
  readonly skipped: number
}

/** The entries that a block of a list has from its place on; those without an address have no chunk. */
export function readEntries(
  source: Hdf5Source,
  { what, isFiltered, chunkBytes }: ChunkList,
  block: Hdf5Cursor,
  { first, count, entryBytes }: { first: number; count: number; entryBytes: number },
): ChunkEntry[] {
  const sizeBytes = entryBytes - source.sizes.offset - 4
  if (isFiltered ? sizeBytes < 1 || sizeBytes > 8 : entryBytes !== source.sizes.offset)
    source.refuse(`${what} has entries of ${entryBytes} bytes`)
  const found: ChunkEntry[] = []
  for (let entry = first; entry < first + count; entry++) {
    const address = block.address()
    const size = isFiltered ? block.uint(sizeBytes) : chunkBytes
    const skipped = isFiltered ? block.uint32() : 0
    if (address !== undefined) found.push({ entry, address, size, skipped })
  }
  return found
}

/** Whether a bit is set, the highest of each byte being the first. */
export const isBitSet = (bytes: Uint8Array, bit: number): boolean =>
  (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
