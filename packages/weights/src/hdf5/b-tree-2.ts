import type { Hdf5Cursor } from './cursor.ts'
import type { Hdf5Source } from './source.ts'

/** Signature, version, kind and checksum of a node. */
const NODE_FRAME = 10

/** Bytes that a number up to `most` takes. */
const bytesFor = (most: number): number => Math.floor(Math.log2(Math.max(most, 1)) / 8) + 1

/**
 * The records of a B-tree of version 2 in their order; its nodes have checksums.
 * @param types the kinds of records that are expected here.
 */
export function tree2Records(source: Hdf5Source, address: number, types: readonly number[]): Hdf5Cursor[] {
  const what = `the tree at ${address}`
  const { offset, length } = source.sizes
  const header = source.checkedStructure(address, 22 + offset + length, what)
  header.expect('BTHD')
  header.version(0)
  const type = header.uint8()
  if (!types.includes(type)) source.refuse(`${what} holds records of kind ${type}`)
  const nodeSize = header.uint32()
  const recordSize = header.uint16()
  const depth = header.uint16()
  header.skip(2)
  const root = header.address()
  const rootCount = header.uint16()
  const total = header.length()
  if (recordSize === 0 || nodeSize <= NODE_FRAME) source.refuse(`${what} has nodes of ${nodeSize} bytes`)

  const leafCapacity = Math.floor((nodeSize - NODE_FRAME) / recordSize)
  const countBytes = bytesFor(leafCapacity)
  /** By depth: the bytes that the number of all records below a node takes. */
  const totalBytes = [0]
  let below = leafCapacity
  for (let level = 1; level < depth; level++) {
    const pointer = offset + countBytes + (totalBytes[level - 1] ?? 0)
    const capacity = Math.floor((nodeSize - NODE_FRAME - pointer) / (recordSize + pointer))
    below = (capacity + 1) * below + capacity
    totalBytes.push(bytesFor(below))
  }

  const records: Hdf5Cursor[] = []
  const walk = (at: number, count: number, level: number): void => {
    const pointer = offset + countBytes + (level > 1 ? (totalBytes[level - 1] ?? 0) : 0)
    const size = NODE_FRAME + count * recordSize + (level > 0 ? (count + 1) * pointer : 0)
    const node = source.checkedStructure(at, size, what)
    node.expect(level > 0 ? 'BTIN' : 'BTLF')
    node.version(0)
    if (node.uint8() !== type) source.refuse(`${what} has a node of another kind`)
    const own = Array.from({ length: count }, () => source.cursor(node.take(recordSize), what))
    if (level === 0) {
      records.push(...own)
      return
    }
    for (let i = 0; i <= count; i++) {
      const child = node.presentAddress()
      const childCount = node.uint(countBytes)
      if (level > 1) node.uint(totalBytes[level - 1] ?? 0)
      walk(child, childCount, level - 1)
      const between = own[i]
      if (between !== undefined) records.push(between)
    }
  }
  if (root !== undefined) walk(root, rootCount, depth)
  if (records.length !== total) source.refuse(`${what} has ${records.length} records, it says ${total}`)
  return records
}
