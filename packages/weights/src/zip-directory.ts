import { ByteCursor } from './byte-cursor.ts'
import type { Refuse } from './refusal.ts'

/** An entry of a zip archive as its central directory describes it. */
export interface ZipEntry {
  readonly name: string
  /** How it is packed: 0 stored, 8 deflated. */
  readonly method: number
  readonly encrypted: boolean
  readonly crc32: number
  /** Bytes in the archive, and once unpacked. */
  readonly size: number
  readonly unpackedSize: number
  /** Where its own header begins. */
  readonly offset: number
}

const ENTRY_SIGNATURE = 0x02014b50
/** An entry of the central directory has at least this many bytes. */
const MIN_ENTRY_BYTES = 46
const END_SIGNATURE = 0x06054b50
const END_BYTES = 22
const MAX_COMMENT_BYTES = 0xffff
const LOCATOR_SIGNATURE = 0x07064b50
const LOCATOR_BYTES = 20
const END64_SIGNATURE = 0x06064b50
const ZIP64_FIELD = 1
const ENCRYPTED = 1
/** What a field of 32 bits says whose value stands in the ZIP64 field instead. */
const ELSEWHERE = 0xffffffff

/**
 * The central directory of a zip archive (APPNOTE.TXT 6.3.10, 4.3.12 to 4.3.16), also of ZIP64, which PyTorch always writes.
 * @throws the refusal, when it is cut short, or claims more entries than there is room for.
 */
export function readZipDirectory(bytes: Uint8Array, refuse: Refuse): ZipEntry[] {
  const { offset, entries } = findDirectory(bytes, refuse)
  if (entries > bytes.length / MIN_ENTRY_BYTES) refuse(`its zip archive claims ${entries} entries`)
  const cursor = new ByteCursor(bytes, refuse, offset)
  return Array.from({ length: entries }, () => readEntry(cursor, refuse))
}

function readEntry(cursor: ByteCursor, refuse: Refuse): ZipEntry {
  if (cursor.uint32() !== ENTRY_SIGNATURE) refuse('its zip directory is damaged')
  cursor.take(4)
  const encrypted = (cursor.uint16() & ENCRYPTED) !== 0
  const method = cursor.uint16()
  cursor.take(4)
  const crc32 = cursor.uint32()
  const [size, unpackedSize] = [cursor.uint32(), cursor.uint32()]
  const [nameBytes, extraBytes, commentBytes] = [cursor.uint16(), cursor.uint16(), cursor.uint16()]
  cursor.take(8)
  const offset = cursor.uint32()
  const name = cursor.text(nameBytes)
  const extra = cursor.take(extraBytes)
  cursor.take(commentBytes)
  const wide = zip64Field(extra, refuse)
  const whole = (value: number): number => (value === ELSEWHERE ? wide.count64() : value)
  // In this order, and only those that do not fit.
  const full = whole(unpackedSize)
  return { name, method, encrypted, crc32, unpackedSize: full, size: whole(size), offset: whole(offset) }
}

function zip64Field(extra: Uint8Array, refuse: Refuse): ByteCursor {
  const cursor = new ByteCursor(extra, refuse)
  while (cursor.remaining >= 4) {
    const [kind, length] = [cursor.uint16(), cursor.uint16()]
    const field = cursor.take(length)
    if (kind === ZIP64_FIELD) return new ByteCursor(field, refuse)
  }
  return new ByteCursor(new Uint8Array(), refuse)
}

function findDirectory(bytes: Uint8Array, refuse: Refuse): { offset: number; entries: number } {
  const end = findEnd(bytes, refuse)
  const locator = end - LOCATOR_BYTES
  if (locator >= 0 && new ByteCursor(bytes, refuse, locator).uint32() === LOCATOR_SIGNATURE) {
    const record = new ByteCursor(bytes, refuse, new ByteCursor(bytes, refuse, locator + 8).offset64())
    if (record.uint32() !== END64_SIGNATURE) refuse('its zip archive has no end record')
    record.take(28)
    const entries = record.count64()
    record.take(8)
    return { entries, offset: record.offset64() }
  }
  const cursor = new ByteCursor(bytes, refuse, end + 10)
  const entries = cursor.uint16()
  cursor.take(4)
  return { entries, offset: cursor.uint32() }
}

/** Where the last record begins, which only a comment may follow. */
function findEnd(bytes: Uint8Array, refuse: Refuse): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES)
  for (let at = bytes.length - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at
  }
  return refuse('its zip archive is cut short')
}
