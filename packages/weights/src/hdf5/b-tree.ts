import type { Hdf5Cursor } from './cursor.ts'
import type { Hdf5Source } from './source.ts'

/** What a tree of version 1 orders: the entries of a group, or the chunks of an array. */
export type TreeKind = 'group' | 'chunks'

/** The keys before and behind an address, and the address. */
export interface TreeEntry<Key> {
  readonly key: Key
  readonly next: Key
  readonly address: number
}

/** Levels of a tree that are followed: 32 children each would be more than any file has long before. */
const MAX_LEVEL = 16

/**
 * The entries of a B-tree of version 1 in their order. Such trees have no checksum.
 * @param keySize bytes of a key, one of which stands before every child and one behind the last.
 */
export function treeEntries<Key>(
  source: Hdf5Source,
  root: number,
  kind: TreeKind,
  keySize: number,
  readKey: (cursor: Hdf5Cursor) => Key,
): TreeEntry<Key>[] {
  const what = kind === 'group' ? 'the tree of a group' : 'the tree of an array’s chunks'
  const found: TreeEntry<Key>[] = []
  const walk = (address: number, expectedLevel?: number): void => {
    const head = source.cursor(source.peek(address, 8), what)
    head.expect('TREE')
    const type = head.uint8()
    const level = head.uint8()
    const count = head.uint16()
    if (type !== (kind === 'group' ? 0 : 1)) source.refuse(`${what} has a node of another kind`)
    if (level > MAX_LEVEL || level !== (expectedLevel ?? level)) source.refuse(`${what} has a node of level ${level}`)
    const { offset } = source.sizes
    const node = source.structure(address, 8 + 2 * offset + count * (keySize + offset) + keySize, what)
    node.skip(8)
    const siblings = [node.address(), node.address()]
    if (expectedLevel === undefined && siblings.some((sibling) => sibling !== undefined))
      source.refuse(`${what} has a root with siblings`)
    const key = (): Key => readKey(source.cursor(node.take(keySize), what))
    let before = key()
    for (let i = 0; i < count; i++) {
      const child = node.presentAddress()
      const next = key()
      if (level > 0) walk(child, level - 1)
      else found.push({ key: before, next, address: child })
      before = next
    }
  }
  walk(root)
  return found
}
