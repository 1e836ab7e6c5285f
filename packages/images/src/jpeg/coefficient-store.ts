/** Bytes that are allocated and given back at once. */
const CHUNK = 2 ** 20
/** What lies so far behind the last bytes that were brought is not asked for again: twice what the library holds itself. */
const KEPT_BEHIND = 8 * 2 ** 20

/**
 * Keeps the coefficients of a picture outside of the library's memory, which grows and never shrinks: here they are given back
 * while the rows are read, so that they and the planes of the result are never there as a whole at once.
 */
export class CoefficientStore {
  readonly #arrays = new Map<number, Map<number, Uint8Array<ArrayBuffer>>>()
  #isLastReading = false

  /** From now on everything is brought in order, once. */
  beginLastReading(): void {
    this.#isLastReading = true
  }

  keep(array: number, bytes: Uint8Array, offset: number): void {
    for (const { chunk, start, from, to } of partsOf(offset, bytes.length)) {
      this.#chunkOf(array, chunk).set(bytes.subarray(from, to), start)
    }
  }

  bring(array: number, bytes: Uint8Array, offset: number): void {
    for (const { chunk, start, from, to } of partsOf(offset, bytes.length)) {
      bytes.set(this.#chunkOf(array, chunk).subarray(start, start + to - from), from)
    }
    if (this.#isLastReading) this.#giveBack(array, offset - KEPT_BEHIND)
  }

  #chunkOf(array: number, chunk: number): Uint8Array<ArrayBuffer> {
    const chunks = this.#arrays.get(array) ?? new Map<number, Uint8Array<ArrayBuffer>>()
    this.#arrays.set(array, chunks)
    const found = chunks.get(chunk) ?? new Uint8Array(CHUNK)
    chunks.set(chunk, found)
    return found
  }

  #giveBack(array: number, before: number): void {
    for (const [chunk, bytes] of this.#arrays.get(array) ?? []) {
      if ((chunk + 1) * CHUNK > before) continue
      // Dropping it alone would leave when it goes to the garbage collector.
      bytes.buffer.transfer(0)
      this.#arrays.get(array)?.delete(chunk)
    }
  }
}

/** The parts of a range that lie in one chunk each: where in the chunk, and which of the range. */
function* partsOf(
  offset: number,
  length: number,
): Generator<{ readonly chunk: number; readonly start: number; readonly from: number; readonly to: number }> {
  for (let from = 0; from < length; ) {
    const chunk = Math.floor((offset + from) / CHUNK)
    const start = offset + from - chunk * CHUNK
    const to = Math.min(length, from + CHUNK - start)
    yield { chunk, start, from, to }
    from = to
  }
}
