import { MAX_BYTES_PER_STORED_BYTE } from '../limits.ts'
import type { Refuse } from '../refusal.ts'
import { unpackZlib } from '../zlib.ts'
import type { MatlabFile, MatlabValue } from './value.ts'

/** How a file of level 5 begins. */
const TEXT = 'MATLAB 5.0 MAT-file'
const HEADER_BYTES = 128
const VERSION = 0x0100
/** Cells in structs in cells that are looked into. */
const MAX_DEPTH = 16
/** Files of less than this may unpack to more. */
const SMALL_BYTES = 2 ** 20

const MATRIX = 14
const COMPRESSED = 15
const UTF8 = 16

/** Numbers as they are stored: type, bytes, and how one is read. */
const numberTypes: Readonly<
  Record<number, readonly [bytes: number, read: (view: DataView, at: number, little: boolean) => number]>
> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, little) => view.getInt16(at, little)],
  4: [2, (view, at, little) => view.getUint16(at, little)],
  5: [4, (view, at, little) => view.getInt32(at, little)],
  6: [4, (view, at, little) => view.getUint32(at, little)],
  7: [4, (view, at, little) => view.getFloat32(at, little)],
  9: [8, (view, at, little) => view.getFloat64(at, little)],
  12: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  13: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
}

const CELL = 1
const STRUCT = 2
const CHAR = 4
const FIRST_NUMBER = 6
const LAST_NUMBER = 15
const COMPLEX = 0x0800

/** Names of classes that are not read, for messages. */
const otherClasses: Readonly<Record<number, string>> = {
  3: 'object',
  5: 'sparse',
  16: 'function_handle',
  17: 'opaque',
}

/** Whether a file is MATLAB's of level 5 (version 5 to 7). */
export const isMatlab5 = (bytes: Uint8Array): boolean =>
  bytes.length >= HEADER_BYTES && new TextDecoder('latin1').decode(bytes.subarray(0, TEXT.length)) === TEXT

/**
 * Reads a MATLAB file of level 5 ("MAT-File Format", MathWorks R2023b, chapter 1).
 * @throws the refusal, when it is cut short or damaged, or unpacks to far more bytes than it has.
 */
export function readMatlab5(bytes: Uint8Array, refuse: Refuse): MatlabFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const order = view.getUint16(126)
  // 'IM' as written by a little-endian machine.
  const little = order === 0x494d
  if (!little && order !== 0x4d49) refuse('its MATLAB header is damaged')
  if (view.getUint16(124, little) !== VERSION) refuse('it is of another version of MATLAB than 5 to 7.3')
  const reader: Reader = { little, refuse, left: Math.max(MAX_BYTES_PER_STORED_BYTE * bytes.length, SMALL_BYTES) }
  const variables = new Map<string, MatlabValue>()
  for (const element of elementsOf(bytes.subarray(HEADER_BYTES), reader)) {
    const { name, value } = variableOf(element, reader)
    if (variables.has(name)) refuse(`it has two variables ${name}`)
    variables.set(name, value)
  }
  return { variables, finish: () => {} }
}

interface Reader {
  readonly little: boolean
  readonly refuse: Refuse
  /** Bytes that may still be unpacked. */
  left: number
}

interface Element {
  readonly type: number
  readonly data: Uint8Array
}

function variableOf({ type, data }: Element, reader: Reader): { name: string; value: MatlabValue } {
  if (type !== COMPRESSED) return matrixOf({ type, data }, reader, 0)
  const [inner] = elementsOf(unpacked(data, reader), reader)
  return matrixOf(inner ?? reader.refuse('one of its variables is empty'), reader, 0)
}

/** A tag is a type and a number of bytes; of four bytes or less both stand in the first half and the data in the second. */
function* elementsOf(bytes: Uint8Array, { little, refuse }: Reader): Generator<Element> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 8) return refuse('one of its variables is cut short')
    const first = view.getUint32(at, little)
    const short = first >>> 16
    const start = short === 0 ? at + 8 : at + 4
    const size = short === 0 ? view.getUint32(at + 4, little) : short
    const type = short === 0 ? first : first & 0xffff
    if (size > bytes.length - start || (short !== 0 && size > 4)) return refuse('one of its variables is cut short')
    yield { type, data: bytes.subarray(start, start + size) }
    // Elements are filled up to eight bytes, but for packed ones.
    at = short !== 0 ? at + 8 : start + (type === COMPRESSED ? size : Math.ceil(size / 8) * 8)
  }
}

function matrixOf({ type, data }: Element, reader: Reader, depth: number): { name: string; value: MatlabValue } {
  const { refuse } = reader
  if (type !== MATRIX) return refuse(`one of its variables is of type ${type}, expected an array`)
  if (depth > MAX_DEPTH) return refuse(`its cells and structs lie more than ${MAX_DEPTH} deep`)
  if (data.length === 0) return { name: '', value: { kind: 'numbers', shape: [0, 0], values: () => [] } }
  const elements = elementsOf(data, reader)
  const next = (): Element => elements.next().value ?? refuse('one of its arrays is cut short')
  const [flags = 0] = numbersOf(next(), reader)
  const kind = flags & 0xff
  // What MATLAB keeps of objects has no shape.
  if (kind in otherClasses) return { name: '', value: { kind: 'other', called: otherClasses[kind] ?? '' } }
  const shape = [...numbersOf(next(), reader)]
  const name = new TextDecoder().decode(next().data)
  const count = shape.reduce((product, size) => product * size, 1)
  if (!shape.every((size) => size >= 0) || !(count <= data.length * 8)) return refuse(`its array ${name} is damaged`)
  if (kind === CELL) {
    const items = Array.from({ length: count }, () => matrixOf(next(), reader, depth + 1).value)
    return { name, value: { kind: 'cell', items: () => items } }
  }
  if (kind === STRUCT) return { name, value: structOf(count, next, reader, depth) }
  if (kind === CHAR) return { name, value: { kind: 'text', text: charactersOf(next(), reader) } }
  if (kind < FIRST_NUMBER || kind > LAST_NUMBER) return refuse(`its array ${name} is of an unknown class (${kind})`)
  if ((flags & COMPLEX) !== 0) return { name, value: { kind: 'other', called: 'complex' } }
  const element = next()
  const size = numberTypes[element.type]?.[0] ?? refuse(`its array ${name} is of an unknown type (${element.type})`)
  if (element.data.length !== count * size)
    refuse(`its array ${name} has ${element.data.length} bytes, expected ${count * size}`)
  return { name, value: { kind: 'numbers', shape, values: () => numbersOf(element, reader) } }
}

function structOf(count: number, next: () => Element, reader: Reader, depth: number): MatlabValue {
  const [width = 0] = numbersOf(next(), reader)
  const { data } = next()
  if (width <= 0 || data.length % width !== 0) return reader.refuse('the fields of one of its structs are damaged')
  const names = Array.from({ length: data.length / width }, (_, i) =>
    new TextDecoder('latin1').decode(data.subarray(i * width, (i + 1) * width)).replace(/\0.*$/s, ''),
  )
  const fields = Array.from(
    { length: count },
    () => new Map(names.map((name) => [name, matrixOf(next(), reader, depth + 1).value])),
  )
  return { kind: 'struct', elements: count, field: (name, element = 0) => fields[element]?.get(name) }
}

function numbersOf({ type, data }: Element, { little, refuse }: Reader): Float64Array {
  const [bytes, read] = numberTypes[type] ?? refuse(`one of its arrays is of an unknown type (${type})`)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Float64Array.from({ length: Math.floor(data.length / bytes) }, (_, i) => read(view, i * bytes, little))
}

const MAX_TEXT = 1000

function charactersOf(element: Element, reader: Reader): string {
  if (element.data.length > MAX_TEXT) return ''
  if (element.type === UTF8) return new TextDecoder().decode(element.data)
  return String.fromCharCode(...numbersOf(element, reader))
}

/** The contents of a zlib stream. */
function unpacked(data: Uint8Array, reader: Reader): Uint8Array {
  const content = unpackZlib(data, reader.left)
  if (content === 'damaged') return reader.refuse('one of its packed variables is damaged')
  if (content === 'larger')
    return reader.refuse(`it unpacks to more than ${MAX_BYTES_PER_STORED_BYTE} bytes for each of its own`)
  reader.left -= content.length
  return content
}
