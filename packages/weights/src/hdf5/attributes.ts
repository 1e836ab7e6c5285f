import { tree2Records } from './b-tree-2.ts'
import { type Hdf5Type, readDataspace, readDatatype } from './datatype.ts'
import { readFractalHeap } from './fractal-heap.ts'
import type { GlobalHeaps } from './global-heaps.ts'
import { MESSAGE, type Message, messagesOf } from './object-header.ts'
import type { Hdf5Source } from './source.ts'
import { decodeNumbers, decodeTexts } from './values.ts'

/** Notes on an object: texts and numbers by name; those of other types are left out. */
export type Hdf5Attributes = ReadonlyMap<string, readonly string[] | readonly number[]>

const ATTRIBUTE_RECORDS = [8]
const HEAP_ID_BYTES = 8
const DATATYPE_SHARED = 1
const DATASPACE_SHARED = 2

/** The attributes of an object. @throws the refusal, when they are damaged. */
export function readAttributes(source: Hdf5Source, messages: readonly Message[], heaps: GlobalHeaps): Hdf5Attributes {
  const stored = messagesOf(messages, MESSAGE.attribute)
    .filter(({ isShared }) => !isShared)
    .map(({ bytes }) => bytes)
  for (const { bytes } of messagesOf(messages, MESSAGE.attributeInfo)) stored.push(...manyAttributes(source, bytes))
  return new Map(
    stored.flatMap((bytes) => {
      const { name, values } = readAttribute(source, bytes, heaps)
      return values === undefined ? [] : [[name, values] as const]
    }),
  )
}

function manyAttributes(source: Hdf5Source, bytes: Uint8Array): Uint8Array[] {
  const cursor = source.cursor(bytes, 'the list of an object’s attributes')
  cursor.version(0)
  if (cursor.uint8() & 1) cursor.skip(2)
  const heapAddress = cursor.address()
  const tree = cursor.address()
  if (heapAddress === undefined || tree === undefined) return []
  const heap = readFractalHeap(source, heapAddress)
  return tree2Records(source, tree, ATTRIBUTE_RECORDS).map((record) => heap(record.take(HEAP_ID_BYTES)))
}

interface Attribute {
  readonly name: string
  readonly values: readonly string[] | readonly number[] | undefined
}

function readAttribute(source: Hdf5Source, bytes: Uint8Array, heaps: GlobalHeaps): Attribute {
  const what = 'an attribute'
  const cursor = source.cursor(bytes, what)
  const version = cursor.version(1, 2, 3)
  const flags = cursor.uint8()
  const [nameSize, typeSize, spaceSize] = [cursor.uint16(), cursor.uint16(), cursor.uint16()]
  if (version === 3) cursor.skip(1)
  // The first version fills every part up to eight bytes.
  const padded = (size: number): number => (version === 1 ? Math.ceil(size / 8) * 8 : size)
  const name = source.cursor(cursor.take(padded(nameSize)), what).text(nameSize)
  const typeBytes = cursor.take(padded(typeSize))
  const spaceBytes = cursor.take(padded(spaceSize))
  if (version > 1 && (flags & (DATATYPE_SHARED | DATASPACE_SHARED)) !== 0) return { name, values: undefined }
  const type = readDatatype(source.cursor(typeBytes, what))
  const space = readDataspace(source.cursor(spaceBytes, what))
  if (space === undefined) return { name, values: [] }
  const count = space.shape.reduce((product, size) => product * size, 1)
  const data = cursor.rest()
  if (!(count * type.bytes <= data.length)) source.refuse(`the attribute ${name} is cut short`)
  return { name, values: attributeValues(data.subarray(0, count * type.bytes), type, heaps) }
}

function attributeValues(bytes: Uint8Array, type: Hdf5Type, heaps: GlobalHeaps): Attribute['values'] {
  if (type.kind === 'text' || type.kind === 'long text') return decodeTexts(bytes, type, heaps)
  if (type.kind === 'integer' || (type.kind === 'float' && type.format !== undefined))
    return [...decodeNumbers(bytes, type)]
  return undefined
}
