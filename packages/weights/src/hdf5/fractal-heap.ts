import { lookup3 } from './checksums.ts'
import type { Hdf5Source } from './source.ts'

/** A heap of the links or attributes of an object that has many. @returns the bytes of one by its identifier. */
export type FractalHeap = (id: Uint8Array) => Uint8Array

interface Block {
  /** Where it begins in the heap's own space. */
  readonly start: number
  readonly bytes: Uint8Array
}

/** Kinds of objects by bits 4 and 5 of an identifier. */
const MANAGED = 0
const TINY = 2

/** Opens the fractal heap at an address; all its direct blocks are read. */
export function readFractalHeap(source: Hdf5Source, address: number): FractalHeap {
  const what = `the heap at ${address}`
  const { offset, length } = source.sizes
  const header = source.checkedStructure(address, 26 + 3 * offset + 12 * length, what)
  header.expect('FRHP')
  header.version(0)
  header.skip(2)
  if (header.uint16() !== 0) source.refuse(`${what} is compressed, which is not known here`)
  const hasBlockChecksums = (header.uint8() & 2) !== 0
  const mostManaged = header.uint32()
  header.skip(10 * length + 2 * offset)
  const width = header.uint16()
  const firstSize = header.length()
  const mostDirect = header.length()
  const spaceBytes = Math.ceil(header.uint16() / 8)
  header.skip(2)
  const root = header.address()
  const rootRows = header.uint16()
  const lengthBytes = Math.floor(Math.log2(Math.max(1, Math.min(mostDirect, mostManaged))) / 8) + 1
  if (width === 0 || firstSize === 0) source.refuse(`${what} has blocks without size`)

  const directRows = Math.log2(mostDirect) - Math.log2(firstSize) + 2
  const rowSize = (row: number): number => firstSize * 2 ** Math.max(0, row - 1)
  const blocks: Block[] = []

  const readDirect = (at: number, start: number, size: number): void => {
    const bytes = source.take(at, size, what)
    const block = source.cursor(bytes, what)
    block.expect('FHDB')
    block.version(0)
    if (block.presentAddress() !== address || block.uint(spaceBytes) !== start)
      source.refuse(`${what} has a block of another place`)
    if (hasBlockChecksums) {
      // The checksum is that of the block with zeros in its place.
      const zeroed = new Uint8Array(bytes)
      zeroed.fill(0, block.offset, block.offset + 4)
      if (block.uint32() !== lookup3(zeroed))
        source.refuse(`${what} does not have the checksum that it says: it is damaged`)
    }
    blocks.push({ start, bytes })
  }
  const readIndirect = (at: number, start: number, rows: number): void => {
    const head = 5 + offset + spaceBytes
    const block = source.checkedStructure(at, head + rows * width * offset + 4, what)
    block.expect('FHIB')
    block.version(0)
    if (block.presentAddress() !== address || block.uint(spaceBytes) !== start)
      source.refuse(`${what} has a block of another place`)
    let place = start
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < width; column++) {
        const child = block.address()
        const size = rowSize(row)
        if (child !== undefined && row < directRows) readDirect(child, place, size)
        else if (child !== undefined) readIndirect(child, place, Math.log2(size) - Math.log2(firstSize * width) + 1)
        place += size
      }
    }
  }
  if (root !== undefined && rootRows === 0) readDirect(root, 0, firstSize)
  else if (root !== undefined) readIndirect(root, 0, rootRows)

  return (id) => {
    const kind = ((id[0] ?? 0) >> 4) & 3
    if (kind === TINY) return id.subarray(1, 2 + ((id[0] ?? 0) & 0xf))
    if (kind !== MANAGED) source.refuse(`${what} has an object outside of it, which is not known here`)
    const cursor = source.cursor(id, what)
    cursor.skip(1)
    const at = cursor.uint(spaceBytes)
    const size = cursor.uint(lengthBytes)
    // One object may stand for many.
    source.claim(size)
    const block = blocks[lastAtOrBefore(blocks, at)]
    if (block === undefined || at + size > block.start + block.bytes.length)
      return source.refuse(`${what} has no object at ${at}`)
    return block.bytes.subarray(at - block.start, at - block.start + size)
  }
}

/** The last of the blocks, which are in order, that begins at a place or before it; -1 when none does. */
function lastAtOrBefore(blocks: readonly Block[], place: number): number {
  let [low, high] = [0, blocks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((blocks[middle]?.start ?? 0) <= place) low = middle + 1
    else high = middle
  }
  return low - 1
}
