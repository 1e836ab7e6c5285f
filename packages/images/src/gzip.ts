import { InputError } from '@noisescope/core'
import { concatenate } from './bytes.ts'

/** Whether bytes start with gzip's magic number (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Content that any file may have, and how many bytes more for each byte of it: a small file must not fill the memory. */
const FREE_BYTES = 64 * 2 ** 20
const BYTES_FOR_EACH_STORED = 128

/** Bytes after which the content must have said how long it is. */
const LONGEST_HEADER = 2 ** 16

/**
 * Unpacks gzip through the platform's own `DecompressionStream`, which verifies the checksum.
 *
 * @param lengthOf how long the content is to be, from what is there of its start; undefined where that does not say it yet.
 *   What lies behind is not unpacked.
 * @returns the content, with at most one byte more than `lengthOf` says
 * @throws InputError if the content is damaged, truncated, or far longer than so small a file is given; what `lengthOf` throws
 */
export async function gunzip(
  bytes: Uint8Array,
  name: string,
  lengthOf: (start: Uint8Array) => number | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = FREE_BYTES + BYTES_FOR_EACH_STORED * bytes.length
  let content = new Uint8Array()
  let isSized = false
  let length = 0
  try {
    const unpacked = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('gzip'))
    for await (const part of unpacked) {
      if (!isSized) {
        content = concatenate([content, part])
        length = content.length
        const expected = lengthOf(content)
        if ((expected ?? length) > limit) throw tooLong(bytes, name, limit)
        if (expected === undefined && length > LONGEST_HEADER) throw tooLong(bytes, name, LONGEST_HEADER)
        if (expected === undefined) continue
        isSized = true
        content = resized(content, expected + 1)
      } else {
        content.set(part.subarray(0, content.length - length), length)
        length += part.length
      }
      if (length >= content.length) return content
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause
    throw new InputError(`${name} is damaged or truncated gzip; get it again`, { cause })
  }
  return content.slice(0, length)
}

const tooLong = ({ length }: Uint8Array, name: string, limit: number): InputError =>
  new InputError(
    `${name} unpacks to more than ${limit} bytes, which ${length} bytes of gzip are not given; unpack it first (gunzip)`,
  )

/** The array with another length, cut or with zeros behind it. */
function resized(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const other = new Uint8Array(length)
  other.set(bytes.subarray(0, length))
  return other
}
