import { Inflate, inflateSync } from 'fflate'
import { adler32, fletcher32 } from './checksums.ts'
import type { Hdf5Cursor } from './cursor.ts'

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

/** Names of filters that are not undone here, for messages. */
const otherFilters: Readonly<Record<number, string>> = {
  4: 'szip',
  5: 'nbit',
  6: 'scale-offset',
  32000: 'LZF',
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
    if (id !== DEFLATE && id !== SHUFFLE && id !== FLETCHER32)
      cursor.refuse(`an array is packed with ${otherFilters[id] ?? `filter ${id}`}; store it with gzip or unpacked`)
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
  // What a filter was given is as large as the chunk, but for the checksum.
  const checksums = (before: number): number =>
    4 * filters.filter(({ id }, i) => i < before && id === FLETCHER32 && !isSkipped(skipped, i)).length
  let data: Uint8Array | undefined = bytes
  for (let i = filters.length - 1; i >= 0 && data !== undefined; i--) {
    const filter = filters[i]
    if (filter === undefined || (isSkipped(skipped, i) && filter.isOptional)) continue
    if (isSkipped(skipped, i)) return undefined
    if (filter.id === DEFLATE) data = inflate(data, size + checksums(i))
    else if (filter.id === FLETCHER32) data = withoutChecksum(data)
    else data = unshuffle(data, filter.parameters[0] ?? 1)
  }
  // A filter that the mask names and the array does not have would have gone unseen.
  return data?.length === size && skipped < 2 ** filters.length ? data : undefined
}

const isSkipped = (skipped: number, filter: number): boolean => ((skipped >>> filter) & 1) !== 0

/** Packed bytes that are inflated between two looks at how much they have become: sixteen megabytes at most. */
const STEP_BYTES = 16384
const ZLIB_HEADER_BYTES = 2
const ADLER_BYTES = 4

/** A zlib stream that inflates to just so many bytes of just the checksum that it says; else undefined. */
function inflate(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const [method = 0, flags = 0] = bytes
  const end = bytes.length - ADLER_BYTES
  const hasDictionary = (flags & 0x20) !== 0
  if (end < ZLIB_HEADER_BYTES || (method & 0xf) !== 8 || ((method << 8) | flags) % 31 !== 0 || hasDictionary)
    return undefined
  try {
    const data = inflateTo(bytes.subarray(ZLIB_HEADER_BYTES, end), size)
    const sum = new DataView(bytes.buffer, bytes.byteOffset + end, ADLER_BYTES).getUint32(0)
    return data?.length === size && sum === adler32(data) ? data : undefined
  } catch {
    return undefined
  }
}

/** Inflates a stream of deflate that should become so many bytes; undefined as soon as it becomes more. */
function inflateTo(packed: Uint8Array, size: number): Uint8Array | undefined {
  // One byte more shows that there are too many.
  if (packed.length <= STEP_BYTES) return inflateSync(packed, { out: new Uint8Array(size + 1) })
  const data = new Uint8Array(size)
  let filled = 0
  const stream = new Inflate((part) => {
    if (filled + part.length <= size) data.set(part, filled)
    filled += part.length
  })
  for (let at = 0; at < packed.length && filled <= size; at += STEP_BYTES)
    stream.push(packed.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= packed.length)
  return filled === size ? data : undefined
}

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
