import { treeEntries } from './b-tree.ts'
import { tree2Records } from './b-tree-2.ts'
import { type Hdf5Cursor, textOf } from './cursor.ts'
import { readFractalHeap } from './fractal-heap.ts'
import { MESSAGE, type Message, messagesOf } from './object-header.ts'
import type { Hdf5Source } from './source.ts'

/** A name in a group, and the address of the object that it is of, or (a soft link) a path that leads to it. */
export type Link = { readonly name: string } & ({ readonly address: number } | { readonly target: string })

/** Kinds of records that lead to the links of a large group: by name, and by order of their creation. */
const LINK_RECORDS = [5]
const SOFT_CACHE = 2
const HARD = 0
const SOFT = 1

/** Whether an object with such messages is a group. */
export const isGroup = (messages: readonly Message[]): boolean =>
  messages.some(({ kind }) => kind === MESSAGE.symbolTable || kind === MESSAGE.linkInfo)

/**
 * The links of a group, in the order of their creation where the file keeps it, else by name.
 * @throws the refusal, when it is damaged, or a link leads to another file.
 */
export function readLinks(source: Hdf5Source, messages: readonly Message[], path: string): Link[] {
  const [table] = messagesOf(messages, MESSAGE.symbolTable)
  const links = table === undefined ? newLinks(source, messages, path) : tableLinks(source, table, path)
  const names = new Set(links.map(({ name }) => name))
  if (names.size !== links.length) source.refuse(`its group ${path} has two entries of one name`)
  if (names.has('')) source.refuse(`its group ${path} has an entry without a name`)
  return links
}

/** Groups as they always were: a tree of nodes of symbols, their names in a heap. */
function tableLinks(source: Hdf5Source, { bytes }: Message, path: string): Link[] {
  const what = `its group ${path}`
  const message = source.cursor(bytes, what)
  const tree = message.presentAddress()
  const names = readNames(source, message.presentAddress(), what)
  const { offset, length } = source.sizes
  const nodes = treeEntries(source, tree, 'group', length, (key) => key.length())
  const links = nodes.flatMap(({ address, next }) => {
    const head = source.cursor(source.peek(address, 8), what)
    head.expect('SNOD')
    head.version(1)
    head.skip(1)
    const count = head.uint16()
    const node = source.structure(address, 8 + count * (2 * offset + 24), what)
    node.skip(8)
    let last = 0
    const own = Array.from({ length: count }, () => {
      last = node.uint(offset)
      const name = nameAt(names.bytes, last, source, what)
      const address = node.address()
      const isSoft = node.uint32() === SOFT_CACHE
      node.skip(4)
      const targetAt = node.uint32()
      node.skip(12)
      if (isSoft) return { name, target: nameAt(names.bytes, targetAt, source, what) }
      return { name, address: address ?? source.refuse(`its entry ${joined(path, name)} leads nowhere`) }
    })
    // The tree says which name is the last of a node.
    if (last !== next) source.refuse(`${what} is damaged: a node of it does not end where its tree says`)
    return own
  })
  if (links.length === 0 && !names.isEmpty) source.refuse(`${what} is damaged: it has names and no entries`)
  const unordered = links.findIndex(({ name }, i) => i > 0 && !isBefore(links[i - 1]?.name ?? '', name))
  if (unordered >= 0) source.refuse(`${what} is damaged: its entry ${links[unordered]?.name} is out of order`)
  return links
}

/** Whether a name stands before another by its bytes, as the file orders them. */
function isBefore(a: string, b: string): boolean {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)]
  const differs = left.findIndex((byte, i) => byte !== right[i])
  return differs < 0 ? left.length < right.length : (left[differs] ?? 0) < (right[differs] ?? -1)
}

/** Names begin behind that of nothing. */
const FIRST_NAME = 8

/** The names in a group; they are empty where free space begins before the first. */
function readNames(source: Hdf5Source, address: number, what: string): { bytes: Uint8Array; isEmpty: boolean } {
  const { offset, length } = source.sizes
  const heap = source.structure(address, 8 + 2 * length + offset, what)
  heap.expect('HEAP')
  heap.version(0)
  heap.skip(3)
  const size = heap.length()
  const free = heap.length()
  return { bytes: source.take(heap.presentAddress(), size, `the names of ${what}`), isEmpty: free === FIRST_NAME }
}

function nameAt(names: Uint8Array, at: number, source: Hdf5Source, what: string): string {
  const end = names.indexOf(0, at)
  if (at >= names.length || end < 0) source.refuse(`${what} has a name outside of its names`)
  // One long name may be that of many entries.
  source.claim(end - at)
  return textOf(names.subarray(at, end)) ?? source.refuse(`${what} has a name that is not UTF-8`)
}

/** Groups that keep the order of creation, or of the latest format: links as messages, or in a heap when they are many. */
function newLinks(source: Hdf5Source, messages: readonly Message[], path: string): Link[] {
  const what = `its group ${path}`
  const [info] = messagesOf(messages, MESSAGE.linkInfo)
  const found = messagesOf(messages, MESSAGE.link).map(({ bytes }) => bytes)
  if (info !== undefined) {
    const cursor = source.cursor(info.bytes, what)
    cursor.version(0)
    if (cursor.uint8() & 1) cursor.skip(8)
    const heapAddress = cursor.address()
    const tree = cursor.address()
    if (heapAddress !== undefined && tree !== undefined) {
      const heap = readFractalHeap(source, heapAddress)
      for (const record of tree2Records(source, tree, LINK_RECORDS)) {
        record.uint32()
        found.push(heap(record.rest()))
      }
    }
  }
  const links = found.map((bytes) => readLink(source, source.cursor(bytes, what), path))
  return links.toSorted((a, b) => a.order - b.order)
}

function readLink(source: Hdf5Source, cursor: Hdf5Cursor, path: string): Link & { readonly order: number } {
  cursor.version(1)
  const flags = cursor.uint8()
  const type = flags & 0x08 ? cursor.uint8() : HARD
  const order = flags & 0x04 ? cursor.uint(8) : 0
  if (flags & 0x10) cursor.uint8()
  const name = cursor.text(cursor.uint(1 << (flags & 3)))
  if (type === SOFT) return { name, target: cursor.text(cursor.uint16()), order }
  if (type !== HARD)
    source.refuse(
      `its entry ${joined(path, name)} is a link to another file, which is not followed; store the arrays themselves`,
    )
  return { name, address: cursor.presentAddress(), order }
}

/** The path of an entry of a group. */
export const joined = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`)
