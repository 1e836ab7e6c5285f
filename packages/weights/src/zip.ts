import { unzipSync } from 'fflate'
import { ByteCursor } from './byte-cursor.ts'
import type { Refuse } from './refusal.ts'

/** Deflate makes data at most this many times smaller, so that more is a lie. */
const MAX_DEFLATE_RATIO = 1032
/** Most bytes that the entries of an archive may have together once they are inflated. */
const MAX_INFLATED_BYTES = 2 ** 31
/** An entry of the central directory has at least this many bytes. */
const MIN_ENTRY_BYTES = 46
const END_BYTES = 22
const END_SIGNATURE = 0x06054b50
const ZIP64_LOCATOR_BYTES = 20
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50
const ZIP64_END_SIGNATURE = 0x06064b50
const MAX_COMMENT_BYTES = 0xffff
const STORED = 0
const DEFLATED = 8

/**
 * The entries of a zip archive whose names are wanted, stored or deflated; sizes are checked before anything is inflated.
 * @throws the refusal, when the archive is cut short, entries overlap or claim more bytes than they can have.
 */
export function readZip(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean,
  refuse: Refuse,
): ReadonlyMap<string, Uint8Array> {
  checkEntryCount(bytes, refuse)
  const sizes = new Map<string, number>()
  let compressed = 0
  let inflated = 0
  const entries = inflate(
    () =>
      unzipSync(bytes, {
        filter: ({ name, size, originalSize, compression }) => {
          compressed += size
          if (compressed > bytes.length) refuse('its entries overlap')
          if (!isWanted(name)) return false
          if (sizes.has(name)) refuse(`it has two entries ${name}`)
          if (compression !== STORED && compression !== DEFLATED)
            refuse(`its entry ${name} is packed in an unknown way`)
          const most = compression === STORED ? size : size * MAX_DEFLATE_RATIO
          inflated += originalSize
          if (originalSize > most || inflated > MAX_INFLATED_BYTES)
            refuse(`its entry ${name} of ${size} bytes claims to hold ${originalSize} bytes`)
          sizes.set(name, originalSize)
          return true
        },
      }),
    refuse,
  )
  for (const [name, size] of sizes) {
    const found = entries.get(name)?.length ?? 0
    if (found !== size) refuse(`its entry ${name} has ${found} bytes, expected ${size}`)
  }
  return entries
}

/** The names in a zip archive. @throws as readZip. */
export function zipNames(bytes: Uint8Array, refuse: Refuse): string[] {
  const names: string[] = []
  readZip(
    bytes,
    (name) => {
      names.push(name)
      return false
    },
    refuse,
  )
  return names
}

function inflate(unzip: () => Record<string, Uint8Array>, refuse: Refuse): Map<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzip()))
  } catch (error) {
    if (error instanceof Error && 'code' in error) return refuse(`its zip archive is damaged (${error.message})`)
    if (error instanceof RangeError || error instanceof TypeError) return refuse('its zip archive is damaged')
    throw error
  }
}

/** Refuses an end record that claims more entries than there is room for. */
function checkEntryCount(bytes: Uint8Array, refuse: Refuse): void {
  const end = findEnd(bytes, refuse)
  const entries = new ByteCursor(bytes, refuse, end + 10).uint16()
  const room = bytes.length / MIN_ENTRY_BYTES
  if (entries > room) refuse(`its zip archive claims ${entries} entries`)
  const locator = end - ZIP64_LOCATOR_BYTES
  if (locator < 0 || new ByteCursor(bytes, refuse, locator).uint32() !== ZIP64_LOCATOR_SIGNATURE) return
  const record = new ByteCursor(bytes, refuse, new ByteCursor(bytes, refuse, locator + 8).length64())
  if (record.uint32() !== ZIP64_END_SIGNATURE) refuse('its zip archive has no end record')
  record.take(28)
  const entries64 = record.length64()
  if (entries64 > room) refuse(`its zip archive claims ${entries64} entries`)
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
