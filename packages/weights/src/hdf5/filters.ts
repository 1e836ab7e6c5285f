import { unpackZlib } from '../zlib.ts'
import { fletcher32 } from './checksums.ts'
import type { Hdf5Cursor } from './cursor.ts'
import { unpackLzf } from './lzf.ts'
import { SCALE_OFFSET_HEADER_BYTES, unpackScaleOffset } from './scale-offset.ts'

/** One step of what was done to chunks when they were written. */
export interface Filter {
  readonly id: number
  /** Whether a chunk may be stored without it. */
  readonly isOptional: boolean
  readonly parameters: readonly number[]
}

const DEFLATE = 1
const SHUFFLE = 2
const FLETCHER32 = 3
const SCALE_OFFSET = 6
const LZF = 32000
const KNOWN = [DEFLATE, SHUFFLE, FLETCHER32, SCALE_OFFSET, LZF]

/** What a filter may add to what it is given. */
const addedBytes: Readonly<Record<number, number>> = { [FLETCHER32]: 4, [SCALE_OFFSET]: SCALE_OFFSET_HEADER_BYTES }

/** Names of filters that are not undone here, for messages. */
const otherFilters: Readonly<Record<number, string>> = {
  4: 'szip',
  5: 'nbit',
  32001: 'Blosc',
  32004: 'LZ4',
  32008: 'bitshuffle',
  32015: 'Zstandard',
}

/** Reads the filters of an array, in the order in which they were applied. @throws the refusal, when one is not known. */
export function readFilters(cursor: Hdf5Cursor): Filter[] {
  const version = cursor.version(1, 2)
  const count = cursor.uint8()
  if (version === 1) cursor.skip(6)
  return Array.from({ length: count }, () => {
    const id = cursor.uint16()
    const nameSize = version === 1 || id >= 256 ? cursor.uint16() : 0
    const flags = cursor.uint16()
    const parameterCount = cursor.uint16()
    cursor.skip(version === 1 ? Math.ceil(nameSize / 8) * 8 : nameSize)
    const parameters = Array.from({ length: parameterCount }, () => cursor.uint32())
    if (version === 1 && parameterCount % 2 === 1) cursor.skip(4)
    if (!KNOWN.includes(id))
      cursor.refuse(
        `an array is packed with ${otherFilters[id] ?? `filter ${id}`}; store it with gzip, LZF or unpacked`,
      )
    return { id, isOptional: (flags & 1) !== 0, parameters }
  })
}

/**
 * Undoes the filters of a chunk. @param skipped bit i is set where filter i was not applied to it.
 * @returns the chunk, of `size` bytes; undefined when it is damaged.
 */
export function unfilter(
  bytes: Uint8Array,
  filters: readonly Filter[],
  skipped: number,
  size: number,
): Uint8Array | undefined {
  // What a filter was given is at most as large as the chunk and what those before it added.
  const most = size + filters.reduce((sum, { id }) => sum + (addedBytes[id] ?? 0), 0)
  let data: Uint8Array | undefined = bytes
  for (let i = filters.length - 1; i >= 0 && data !== undefined; i--) {
    const filter = filters[i]
    if (filter === undefined || (isSkipped(skipped, i) && filter.isOptional)) continue
    if (isSkipped(skipped, i)) return undefined
    data = undo(filter, data, most)
  }
  // A filter that the mask names and the array does not have would have gone unseen.
  return data?.length === size && skipped < 2 ** filters.length ? data : undefined
}

/** What a filter was given: so many bytes at most. */
function undo({ id, parameters }: Filter, data: Uint8Array, most: number): Uint8Array | undefined {
  switch (id) {
    case DEFLATE: {
      const content = unpackZlib(data, most)
      return typeof content === 'string' ? undefined : content
    }
    case LZF:
      return unpackLzf(data, most)
    case SCALE_OFFSET:
      return unpackScaleOffset(data, parameters, most)
    case FLETCHER32:
      return withoutChecksum(data)
    default:
      return unshuffle(data, parameters[0] ?? 1)
  }
}

const isSkipped = (skipped: number, filter: number): boolean => ((skipped >>> filter) & 1) !== 0

/** Older libraries wrote the words' bytes the other way round. */
function withoutChecksum(bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.length - 4
  if (end < 0) return undefined
  const data = bytes.subarray(0, end)
  const stored = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, true)
  const sum = fletcher32(data)
  const turned = (((sum & 0x00ff00ff) << 8) | ((sum >>> 8) & 0x00ff00ff)) >>> 0
  return stored === sum || stored === turned ? data : undefined
}

/** The bytes of elements, of which all first ones stand before all second ones. */
function unshuffle(bytes: Uint8Array, width: number): Uint8Array | undefined {
  if (width === 0) return undefined
  const count = Math.floor(bytes.length / width)
  const data = new Uint8Array(bytes)
  for (let byte = 0; byte < width; byte++)
    for (let i = 0; i < count; i++) data[i * width + byte] = bytes[byte * count + i] as number
  return data
}
