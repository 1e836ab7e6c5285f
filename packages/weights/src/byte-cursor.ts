import type { Refuse } from './refusal.ts'

/** A place in bytes that moves on with every read and never past the end. Numbers are little-endian. */
export class ByteCursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #refuse: Refuse
  #offset: number

  constructor(bytes: Uint8Array, refuse: Refuse, offset = 0) {
    if (offset > bytes.length) refuse(`byte ${offset} is referred to, there are ${bytes.length}`)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#refuse = refuse
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** Moves on by so many bytes and returns where they begin. */
  #advance(count: number): number {
    if (count > this.remaining)
      this.#refuse(`it ends at byte ${this.#bytes.length}, but ${count} bytes are expected at ${this.#offset}`)
    const start = this.#offset
    this.#offset += count
    return start
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  /** A length of 64 bits; one that a double cannot hold is longer than any file. */
  length64(): number {
    const length = this.#view.getBigUint64(this.#advance(8), true)
    return length > BigInt(this.remaining)
      ? this.#refuse(`a length of ${length} is given at byte ${this.#offset - 8}, ${this.remaining} bytes are left`)
      : Number(length)
  }

  /** A number of 64 bits that counts something; one that a double cannot hold exactly is of nothing that a file has. */
  count64(): number {
    const count = this.#view.getBigUint64(this.#advance(8), true)
    return count > BigInt(Number.MAX_SAFE_INTEGER)
      ? this.#refuse(`a count of ${count} is given at byte ${this.#offset - 8}`)
      : Number(count)
  }

  /** A place in these bytes, of 64 bits. */
  offset64(): number {
    const offset = this.count64()
    return offset > this.#bytes.length
      ? this.#refuse(`byte ${offset} is referred to at ${this.#offset - 8}, there are ${this.#bytes.length}`)
      : offset
  }

  /** A big-endian float64, as pickles have it. */
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8))
  }

  /** The next bytes, as a view. */
  take(count: number): Uint8Array {
    const start = this.#advance(count)
    return this.#bytes.subarray(start, start + count)
  }

  text(byteLength: number): string {
    const bytes = this.take(byteLength)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      return this.#refuse(`the text at byte ${this.#offset - byteLength} is not UTF-8`)
    }
  }

  /** The text up to the next newline, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#offset)
    if (end < 0) this.#refuse(`the line at byte ${this.#offset} has no end`)
    const text = this.text(end - this.#offset)
    this.#advance(1)
    return text
  }
}
