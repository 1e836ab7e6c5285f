import { MAX_BYTES_PER_STORED_BYTE } from '../limits.ts'
import type { Refuse } from '../refusal.ts'
import { lookup3 } from './checksums.ts'
import { type FieldSizes, Hdf5Cursor } from './cursor.ts'

const CHECKSUM_BYTES = 4

/** The bytes of a HDF5 file, of which every structure takes its own: none is taken twice, so that reading comes to an end. */
export class Hdf5Source {
  readonly sizes: FieldSizes
  readonly refuse: Refuse
  readonly #bytes: Uint8Array
  readonly #taken = new Map<number, { readonly end: number; readonly what: string }>()
  #takenBytes = 0
  #claimedBytes = 0

  /** @param bytes from the file's base address up to the end that its superblock gives. */
  constructor(bytes: Uint8Array, sizes: FieldSizes, refuse: Refuse) {
    this.#bytes = bytes
    this.sizes = sizes
    this.refuse = refuse
  }

  /** The bytes of a structure, which no other may have: a view. */
  take(address: number, size: number, what: string): Uint8Array {
    const end = address + size
    if (!(end <= this.#bytes.length))
      this.refuse(`${what} lies at bytes ${address} to ${end}, the file ends at ${this.#bytes.length}`)
    if (size === 0) return new Uint8Array()
    const other = this.#taken.get(address)
    this.#takenBytes += size
    if (other !== undefined || this.#takenBytes > this.#bytes.length)
      this.refuse(`${what} lies where ${other?.what ?? 'others'} lies already`)
    this.#taken.set(address, { end, what })
    return this.#bytes.subarray(address, end)
  }

  /** A view of bytes that are not taken yet, to see how large a structure is: fewer where the file ends. */
  peek(address: number, size: number): Uint8Array {
    return this.#bytes.subarray(address, address + size)
  }

  /** A cursor over a structure, which no other may overlap. */
  structure(address: number, size: number, what: string): Hdf5Cursor {
    return this.cursor(this.take(address, size, what), what)
  }

  /** A cursor over a structure that ends in a checksum of its other bytes, which is compared. */
  checkedStructure(address: number, size: number, what: string): Hdf5Cursor {
    return this.cursor(this.checked(this.take(address, size, what), what), what)
  }

  /** Bytes without the checksum that they end in. @throws the refusal, when it is another. */
  checked(bytes: Uint8Array, what: string): Uint8Array {
    const end = bytes.length - CHECKSUM_BYTES
    if (end < 0) this.refuse(`${what} is cut short`)
    const content = bytes.subarray(0, end)
    if (this.cursor(bytes.subarray(end), what).uint32() !== lookup3(content))
      this.refuse(`${what} does not have the checksum that it says: it is damaged`)
    return content
  }

  cursor(bytes: Uint8Array, what: string): Hdf5Cursor {
    return new Hdf5Cursor(bytes, this.sizes, what, this.refuse)
  }

  /** Counts the bytes that arrays, names and texts will have once they are read. @throws the refusal, when they are far more than the file's. */
  claim(bytes: number): void {
    this.#claimedBytes += bytes
    if (!(this.#claimedBytes <= MAX_BYTES_PER_STORED_BYTE * this.#bytes.length))
      this.refuse(`its arrays and names claim ${this.#claimedBytes} bytes, the file has ${this.#bytes.length}`)
  }

  /** @throws the refusal, when two of the structures that were read overlap. */
  checkOverlaps(): void {
    const sorted = [...this.#taken].toSorted(([a], [b]) => a - b)
    sorted.forEach(([start, { what }], i) => {
      const before = sorted[i - 1]?.[1]
      if (before !== undefined && before.end > start) this.refuse(`${what} overlaps ${before.what}`)
    })
  }
}
