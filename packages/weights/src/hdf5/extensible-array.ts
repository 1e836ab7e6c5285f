import { type ChunkEntry, type ChunkList, isBitSet, readEntries } from './chunk-list.ts'
import type { Hdf5Cursor } from './cursor.ts'
import type { ExtensibleArray } from './layout.ts'
import type { Hdf5Source } from './source.ts'

/** More entries than a file of any size has. */
const MOST_BITS = 52

/**
 * The chunks of an array that may grow along one axis without limit. The first entries are in the index block itself, the
 * others in data blocks, that the index block or its super blocks lead to: super block i has 2^(i / 2) of them, each with
 * 2^((i + 1) / 2) times as many entries as the smallest (both exponents rounded down).
 * Source: HDF5 file format specification 3.0, VII.D.
 */
export function extensibleArrayEntries(source: Hdf5Source, list: ChunkList, layout: ExtensibleArray): ChunkEntry[] {
  const { what, address } = list
  const { offset, length } = source.sizes
  const header = source.checkedStructure(address, 16 + 6 * length + offset, what)
  header.expect('EAHD')
  header.version(0)
  header.skip(1)
  const entryBytes = header.uint8()
  const { countBits, firstEntries, leastPointers, leastEntries, pageBits } = layout
  for (const said of [countBits, firstEntries, leastEntries, leastPointers, pageBits])
    if (header.uint8() !== said) source.refuse(`${what} contradicts itself`)
  const arePowers = [leastPointers, leastEntries].every((size) => size > 0 && Number.isInteger(Math.log2(size)))
  if (!arePowers || countBits > MOST_BITS) source.refuse(`${what} grows in an unknown way`)
  header.skip(6 * length)
  const indexAddress = header.address()
  if (indexAddress === undefined) return []

  const place = Math.ceil(countBits / 8)
  const superBlocks = 1 + countBits - Math.log2(leastEntries)
  /** Super blocks whose data blocks the index block leads to itself. */
  const direct = Math.min(2 * Math.log2(leastPointers), superBlocks)
  const blocksOf = (superBlock: number): number => 2 ** (superBlock >> 1)
  const entriesOf = (superBlock: number): number => leastEntries * 2 ** ((superBlock + 1) >> 1)
  const pointers = Array.from({ length: direct }, (_, i) => blocksOf(i)).reduce((sum, count) => sum + count, 0)

  const found: ChunkEntry[] = []
  const add = (entries: readonly ChunkEntry[]): void => {
    for (const entry of entries) found.push(entry)
  }
  const readBlock = (at: number, signature: string, size: number): Hdf5Cursor => {
    const block = source.checkedStructure(at, 6 + offset + size + 4, what)
    block.expect(signature)
    block.version(0)
    block.skip(1)
    if (block.presentAddress() !== address) source.refuse(`${what} has a block of another`)
    return block
  }
  const expectPlace = (block: Hdf5Cursor, ...places: readonly number[]): void => {
    if (!places.includes(block.uint(place) + firstEntries)) source.refuse(`${what} has a block of another place`)
  }
  const readData = (
    at: number,
    { first, count, said = first }: { first: number; count: number; said?: number },
    isWritten: (page: number) => boolean,
  ): void => {
    const perPage = 2 ** pageBits
    const isPaged = count > perPage
    const block = readBlock(at, 'EADB', place + (isPaged ? 0 : count * entryBytes))
    expectPlace(block, first, said)
    if (!isPaged) {
      add(readEntries(source, list, block, { first, count, entryBytes }))
      return
    }
    const [head, pageBytes] = [6 + offset + place + 4, perPage * entryBytes + 4]
    for (let page = 0; page < count / perPage; page++) {
      if (!isWritten(page)) continue
      const part = source.checkedStructure(at + head + page * pageBytes, pageBytes, what)
      add(readEntries(source, list, part, { first: first + page * perPage, count: perPage, entryBytes }))
    }
  }
  const readSuper = (at: number, first: number, superBlock: number): void => {
    const [blocks, count] = [blocksOf(superBlock), entriesOf(superBlock)]
    const pages = count > 2 ** pageBits ? count / 2 ** pageBits : 0
    const maskBytes = Math.ceil(pages / 8)
    const block = readBlock(at, 'EASB', place + blocks * (maskBytes + offset))
    expectPlace(block, first)
    // Bits of all its pages, one behind the other; there are bytes for each block to begin a new one.
    const isWritten = block.take(blocks * maskBytes)
    for (let i = 0; i < blocks; i++) {
      const data = block.address()
      const isPageWritten = (page: number): boolean => isBitSet(isWritten, i * pages + page)
      if (data !== undefined) readData(data, { first: first + i * count, count }, isPageWritten)
    }
  }

  const size = firstEntries * entryBytes + (pointers + superBlocks - direct) * offset
  const index = readBlock(indexAddress, 'EAIB', size)
  add(readEntries(source, list, index, { first: 0, count: firstEntries, entryBytes }))
  let first = firstEntries
  let before = 0
  for (let superBlock = 0; superBlock < superBlocks; superBlock++) {
    const [blocks, count] = [blocksOf(superBlock), entriesOf(superBlock)]
    if (superBlock < direct) {
      for (let i = 0; i < blocks; i++) {
        const data = index.address()
        // The library (1.10) counts the data blocks of all super blocks here, where its specification means those of one.
        const said = first + (before + i) * count
        if (data !== undefined) readData(data, { first: first + i * count, count, said }, () => true)
      }
      before += blocks
    } else {
      const at = index.address()
      if (at !== undefined) readSuper(at, first, superBlock)
    }
    first += blocks * count
  }
  return found
}
