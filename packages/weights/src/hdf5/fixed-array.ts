import { type ChunkEntry, type ChunkList, isBitSet, readEntries } from './chunk-list.ts'
import type { Hdf5Source } from './source.ts'

/**
 * The chunks of an array whose largest shape is known, listed one behind the other, in pages when they are many.
 * @param most entries that the list has to have.
 */
export function fixedArrayEntries(source: Hdf5Source, list: ChunkList, pageBits: number, most: number): ChunkEntry[] {
  const { what, address } = list
  const { offset, length } = source.sizes
  const header = source.checkedStructure(address, 12 + offset + length, what)
  header.expect('FAHD')
  header.version(0)
  header.skip(1)
  const entryBytes = header.uint8()
  if (header.uint8() !== pageBits) source.refuse(`${what} contradicts itself`)
  const count = header.length()
  if (count !== most) source.refuse(`${what} has ${count} entries, expected ${most}`)
  const blockAddress = header.address()
  if (blockAddress === undefined) return []

  const perPage = 2 ** pageBits
  const pages = count > perPage ? Math.ceil(count / perPage) : 0
  const maskBytes = Math.ceil(pages / 8)
  const head = 6 + offset + maskBytes
  const block = source.checkedStructure(blockAddress, head + (pages === 0 ? count * entryBytes : 0) + 4, what)
  block.expect('FADB')
  block.version(0)
  block.skip(1)
  if (block.presentAddress() !== address) source.refuse(`${what} has a block of another`)
  if (pages === 0) return readEntries(source, list, block, { first: 0, count, entryBytes })

  // Pages that nothing was written to have no content.
  const isWritten = block.take(maskBytes)
  const found: ChunkEntry[] = []
  const add = (entries: readonly ChunkEntry[]): void => {
    for (const entry of entries) found.push(entry)
  }
  for (let page = 0; page < pages; page++) {
    if (!isBitSet(isWritten, page)) continue
    const first = page * perPage
    const entries = Math.min(perPage, count - first)
    const at = blockAddress + head + 4 + page * (perPage * entryBytes + 4)
    const part = source.checkedStructure(at, entries * entryBytes + 4, what)
    add(readEntries(source, list, part, { first, count: entries, entryBytes }))
  }
  return found
}
