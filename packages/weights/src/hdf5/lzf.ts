/** Bytes that are copied as they are, at most, by one instruction; what is larger is a copy of what was unpacked before. */
const MOST_PLAIN = 32
/** A length of three bits that says that a byte with more of it follows. */
const LONG_LENGTH = 7
/** A copy has at least three bytes: of its length two are not written. */
const UNWRITTEN_LENGTH = 2

/**
 * Unpacks LibLZF's format, as h5py's filter writes it: without any checksum. Source: the description of the format in
 * LibLZF's documentation.
 * @returns so many bytes at most; undefined when the packed ones are damaged or hold more.
 */
export function unpackLzf(packed: Uint8Array, most: number): Uint8Array | undefined {
  const data = new Uint8Array(most)
  let filled = 0
  for (let at = 0; at < packed.length; ) {
    const control = packed[at++] as number
    if (control < MOST_PLAIN) {
      const count = control + 1
      if (at + count > packed.length || filled + count > most) return undefined
      data.set(packed.subarray(at, at + count), filled)
      at += count
      filled += count
      continue
    }
    const short = control >> 5
    if (at + (short === LONG_LENGTH ? 2 : 1) > packed.length) return undefined
    const length = short + (short === LONG_LENGTH ? (packed[at++] as number) : 0) + UNWRITTEN_LENGTH
    const from = filled - (((control & 0x1f) << 8) | (packed[at++] as number)) - 1
    if (from < 0 || filled + length > most) return undefined
    // What is copied may reach into what this copy writes.
    for (let i = 0; i < length; i++) data[filled + i] = data[from + i] as number
    filled += length
  }
  return data.subarray(0, filled)
}
