import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako'

/** The largest window, which any zlib stream may name. */
const WINDOW_BITS = 15
const SCRATCH = 4 * 1024
/** Bytes behind the last pixel that are looked at in search of the stream's end. */
const MAXIMUM_SURPLUS = 2 ** 20

/** Unpacks a zlib stream that lies in parts, in just the portions that are asked for. */
export interface Inflater {
  /** Fills the array; false where the stream ends or is damaged before it is full, or with its last bytes. */
  fill(target: Uint8Array<ArrayBuffer>): boolean
  /** Whether the stream has an end, after whatever lies before that; damage there is none of the pixels'. */
  hasEnd(): boolean
  /** What zlib says is wrong, or nothing. */
  readonly finding: string
}

export function openInflater(parts: readonly Uint8Array[]): Inflater {
  const stream = new ZStream()
  zlibInflateInit2(stream, WINDOW_BITS)
  let status: ReturnType<typeof zlibInflate> = Z_OK
  let next = 0

  /** Unpacks until the output is full or nothing more comes. */
  const inflateInto = (target: Uint8Array<ArrayBuffer>): void => {
    stream.output = target
    stream.next_out = 0
    stream.avail_out = target.length
    while (stream.avail_out > 0 && status === Z_OK) {
      if (stream.avail_in === 0) {
        const part = parts[next++]
        if (part === undefined) return
        stream.input = part
        stream.next_in = 0
        stream.avail_in = part.length
      }
      status = zlibInflate(stream, Z_NO_FLUSH)
      // No progress was possible: an empty part.
      if (status === Z_BUF_ERROR) status = Z_OK
    }
  }

  return {
    fill(target) {
      inflateInto(target)
      return stream.avail_out === 0 && (status === Z_OK || status === Z_STREAM_END)
    },
    hasEnd() {
      const scratch = new Uint8Array(SCRATCH)
      const limit = stream.total_out + MAXIMUM_SURPLUS
      while (status === Z_OK && stream.total_out < limit) {
        inflateInto(scratch)
        if (stream.avail_out > 0 && status === Z_OK) return false
      }
      return true
    },
    get finding() {
      return status === Z_OK || status === Z_STREAM_END ? '' : stream.msg
    },
  }
}
