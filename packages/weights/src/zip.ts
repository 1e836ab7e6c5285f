import { inflateSync } from 'fflate'
import { ByteCursor } from './byte-cursor.ts'
import { crc32 } from './crc32.ts'
import { MAX_BYTES_PER_STORED_BYTE } from './limits.ts'
import type { Refuse } from './refusal.ts'
import { readZipDirectory, type ZipEntry } from './zip-directory.ts'

/** Archives of less than this may unpack to more: a small header may well repeat itself. */
const SMALL_ARCHIVE_BYTES = 65_536
const LOCAL_SIGNATURE = 0x04034b50
const STORED = 0
const DEFLATED = 8
/** The checksum of an entry whose writer left it out (`torch.serialization.set_crc32_options(False)`). */
const NO_CHECKSUM = 0

/** A zip archive in memory: what it has, and entries by name. */
export interface ZipArchive {
  readonly names: readonly string[]
  /**
   * The contents of an entry; of a stored one a view of the archive.
   * @throws the refusal, when the archive has none of the name or two, or it is damaged.
   */
  read(name: string): Uint8Array
  has(name: string): boolean
}

/**
 * Opens a zip archive of stored or deflated entries; sizes are checked before anything is unpacked, checksums after it.
 * @throws the refusal, when the archive is cut short, entries overlap or unpack to far more bytes than it has.
 */
export function openZip(bytes: Uint8Array, refuse: Refuse): ZipArchive {
  const entries = readZipDirectory(bytes, refuse)
  const places = new Map(entries.map((entry) => [entry, dataOf(entry, bytes, refuse)]))
  checkOverlap(places, refuse)
  const most = MAX_BYTES_PER_STORED_BYTE * Math.max(bytes.length, SMALL_ARCHIVE_BYTES)
  let unpacked = 0
  const found = new Map<string, ZipEntry>()
  const contents = new Map<string, Uint8Array>()
  for (const entry of entries) {
    if (found.has(entry.name)) refuse(`it has two entries ${entry.name}`)
    found.set(entry.name, entry)
  }
  return {
    names: [...found.keys()],
    has: (name) => found.has(name),
    read: (name) => {
      const known = contents.get(name)
      if (known !== undefined) return known
      const entry = found.get(name)
      const data = entry === undefined ? undefined : places.get(entry)
      if (entry === undefined || data === undefined) return refuse(`it has no ${name}`)
      unpacked += entry.unpackedSize
      if (unpacked > most)
        refuse(
          `its entries claim to hold ${unpacked} bytes, more than ${MAX_BYTES_PER_STORED_BYTE} for each byte of the archive`,
        )
      const content = unpack(entry, bytes.subarray(data.start, data.end), refuse)
      contents.set(name, content)
      return content
    },
  }
}

interface Place {
  readonly start: number
  readonly end: number
}

function dataOf({ name, offset, size }: ZipEntry, bytes: Uint8Array, refuse: Refuse): Place {
  if (offset > bytes.length) refuse(`its entry ${name} lies beyond its end`)
  const header = new ByteCursor(bytes, refuse, offset)
  if (header.uint32() !== LOCAL_SIGNATURE) refuse(`its entry ${name} has no header`)
  header.take(22)
  const [nameBytes, extraBytes] = [header.uint16(), header.uint16()]
  header.take(nameBytes + extraBytes)
  if (size > header.remaining) refuse(`its entry ${name} of ${size} bytes reaches beyond its end`)
  return { start: header.offset, end: header.offset + size }
}

function checkOverlap(places: ReadonlyMap<ZipEntry, Place>, refuse: Refuse): void {
  let end = 0
  for (const [entry, place] of [...places].toSorted(([a], [b]) => a.offset - b.offset)) {
    if (entry.offset < end) refuse('its entries overlap')
    end = place.end
  }
}

function unpack(
  { name, method, encrypted, crc32: checksum, unpackedSize }: ZipEntry,
  data: Uint8Array,
  refuse: Refuse,
) {
  if (encrypted) refuse(`its entry ${name} is encrypted`)
  if (method !== STORED && method !== DEFLATED) refuse(`its entry ${name} is packed in an unknown way (${method})`)
  const contents = method === STORED ? data : inflate(name, data, unpackedSize, refuse)
  if (contents.length !== unpackedSize)
    refuse(`its entry ${name} has ${contents.length} bytes, expected ${unpackedSize}`)
  if (checksum !== NO_CHECKSUM && crc32(contents) !== checksum)
    refuse(`its entry ${name} is damaged: its checksum differs; get the file anew`)
  return contents
}

function inflate(name: string, data: Uint8Array, size: number, refuse: Refuse): Uint8Array {
  try {
    return inflateSync(data, { out: new Uint8Array(size) })
  } catch (error) {
    return refuse(`its entry ${name} is damaged (${error instanceof Error ? error.message : String(error)})`)
  }
}
