import { Inflate, inflateSync } from 'fflate'

/** Packed bytes that are inflated between two looks at how much they have become: sixteen megabytes at most. */
const STEP_BYTES = 16_384
const HEADER_BYTES = 2
const CHECKSUM_BYTES = 4
const DEFLATE = 8
const HAS_DICTIONARY = 0x20

/**
 * What a zlib stream (RFC 1950) holds, when its header and checksum are right.
 * @param most bytes that it may hold: inflating ends soon after them.
 */
export function unpackZlib(bytes: Uint8Array, most: number): Uint8Array | 'damaged' | 'larger' {
  const [method = 0, flags = 0] = bytes
  const end = bytes.length - CHECKSUM_BYTES
  const isHeader = (method & 0xf) === DEFLATE && ((method << 8) | flags) % 31 === 0 && (flags & HAS_DICTIONARY) === 0
  if (end < HEADER_BYTES || !isHeader) return 'damaged'
  try {
    const data = inflated(bytes.subarray(HEADER_BYTES, end), most)
    if (data === undefined) return 'larger'
    const sum = new DataView(bytes.buffer, bytes.byteOffset + end, CHECKSUM_BYTES).getUint32(0)
    return sum === adler32(data) ? data : 'damaged'
  } catch {
    return 'damaged'
  }
}

function inflated(packed: Uint8Array, most: number): Uint8Array | undefined {
  if (packed.length <= STEP_BYTES) {
    const data = inflateSync(packed)
    return data.length <= most ? data : undefined
  }
  const parts: Uint8Array[] = []
  let size = 0
  const stream = new Inflate((part) => {
    parts.push(part)
    size += part.length
  })
  for (let at = 0; at < packed.length && size <= most; at += STEP_BYTES)
    stream.push(packed.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= packed.length)
  if (size > most) return undefined
  const data = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return data
}

const ADLER_MODULUS = 65521
/** So many bytes can be summed before the sums have to be taken modulo (RFC 1950). */
const BYTES_BETWEEN_MODULI = 5552

/** The checksum of zlib streams. */
function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (let start = 0; start < bytes.length; start += BYTES_BETWEEN_MODULI) {
    const end = Math.min(start + BYTES_BETWEEN_MODULI, bytes.length)
    for (let i = start; i < end; i++) {
      a += bytes[i] as number
      b += a
    }
    a %= ADLER_MODULUS
    b %= ADLER_MODULUS
  }
  return ((b << 16) | a) >>> 0
}
