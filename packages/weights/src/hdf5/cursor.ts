import type { Refuse } from '../refusal.ts'

/** The widths in bytes of the addresses and lengths in a file, as its superblock says. */
export interface FieldSizes {
  readonly offset: number
  readonly length: number
}

/** A place in one structure of a HDF5 file that moves on with every read and never past its end. Little-endian. */
export class Hdf5Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #sizes: FieldSizes
  readonly #what: string
  readonly refuse: Refuse
  #offset = 0

  /** @param what the structure is, for messages. */
  constructor(bytes: Uint8Array, sizes: FieldSizes, what: string, refuse: Refuse) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#sizes = sizes
    this.#what = what
    this.refuse = refuse
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** Moves on by so many bytes and returns where they begin. */
  skip(count: number): number {
    if (count > this.remaining) this.refuse(`${this.#what} is cut short`)
    const start = this.#offset
    this.#offset += count
    return start
  }

  uint8(): number {
    return this.#view.getUint8(this.skip(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.skip(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.skip(4), true)
  }

  /** A number of so many bytes; one that a double cannot hold is more than any file has. */
  uint(size: number): number {
    const start = this.skip(size)
    let value = 0
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (this.#bytes[start + i] as number)
    return value <= Number.MAX_SAFE_INTEGER
      ? value
      : this.refuse(`${this.#what} has a number beyond any size of a file`)
  }

  /** A size or a count. */
  length(): number {
    return this.uint(this.#sizes.length)
  }

  /** An address, counted from the file's base; undefined where all bits are set, which means that there is none. */
  address(): number | undefined {
    const start = this.#offset
    const bytes = this.take(this.#sizes.offset)
    if (bytes.every((byte) => byte === 0xff)) return undefined
    this.#offset = start
    return this.uint(this.#sizes.offset)
  }

  /** An address that has to be there. */
  presentAddress(): number {
    return this.address() ?? this.refuse(`${this.#what} has no address where one is expected`)
  }

  /** The next bytes, as a view. */
  take(count: number): Uint8Array {
    const start = this.skip(count)
    return this.#bytes.subarray(start, start + count)
  }

  /** What is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  /** Refuses unless the next bytes are these letters. */
  expect(signature: string): void {
    if (String.fromCharCode(...this.take(signature.length)) !== signature)
      this.refuse(`${this.#what} does not begin with ${signature}`)
  }

  /** A byte that says how a structure is written. @returns it, which is one of those that are known. */
  version(...known: readonly number[]): number {
    const version = this.uint8()
    return known.includes(version)
      ? version
      : this.refuse(`${this.#what} is of version ${version}; known: ${known.join(', ')}`)
  }

  /** A text of so many bytes, up to the first zero. */
  text(size: number): string {
    return textOf(this.take(size)) ?? this.refuse(`${this.#what} has a text that is not UTF-8`)
  }
}

/** UTF-8 up to the first zero byte; undefined when it is none. */
export function textOf(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(end < 0 ? bytes : bytes.subarray(0, end))
  } catch {
    return undefined
  }
}
