import { decodeElements, type ElementType } from '@noisescope/nn'
import { textOf } from './cursor.ts'
import type { Hdf5Type } from './datatype.ts'
import type { GlobalHeaps } from './global-heaps.ts'

/** Bytes of numbers with their least byte first. */
function littleEndian(bytes: Uint8Array, size: number, isBigEndian: boolean): Uint8Array {
  if (!isBigEndian) return bytes
  const turned = new Uint8Array(bytes)
  for (let at = 0; at < turned.length; at += size) turned.subarray(at, at + size).reverse()
  return turned
}

/** Floating-point numbers as float32. */
export function decodeFloats(
  bytes: Uint8Array,
  { bytes: size, isBigEndian, format }: { bytes: number; isBigEndian: boolean; format: ElementType },
): Float32Array<ArrayBuffer> {
  return decodeElements(format, littleEndian(bytes, size, isBigEndian))
}

/** Numbers as doubles. */
export function decodeNumbers(
  bytes: Uint8Array,
  type: Extract<Hdf5Type, { kind: 'float' | 'integer' }>,
): Float64Array<ArrayBuffer> {
  const ordered = littleEndian(bytes, type.bytes, type.isBigEndian)
  const view = new DataView(ordered.buffer, ordered.byteOffset, ordered.byteLength)
  const count = Math.floor(bytes.length / type.bytes)
  if (type.kind === 'float') {
    if (type.format === 'F64') return Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true))
    return Float64Array.from(type.format === undefined ? [] : decodeElements(type.format, ordered))
  }
  return Float64Array.from({ length: count }, (_, i) => {
    const [first, last] = [i * type.bytes, (i + 1) * type.bytes - 1]
    let value = type.isSigned ? view.getInt8(last) : view.getUint8(last)
    for (let at = last - 1; at >= first; at--) value = value * 256 + view.getUint8(at)
    return value
  })
}

/** Bytes in an array's place for a text of any length: its length, and the address and number in a heap. */
export function decodeTexts(bytes: Uint8Array, type: Hdf5Type, heaps: GlobalHeaps): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: Math.floor(bytes.length / Math.max(1, type.bytes)) }, (_, i) => {
    const at = i * type.bytes
    if (type.kind === 'text') return textOf(bytes.subarray(at, at + type.bytes)) ?? ''
    const length = view.getUint32(at, true)
    const address = Number(view.getBigUint64(at + 4, true))
    return length === 0 ? '' : (textOf(heaps(address, view.getUint32(at + 12, true)).subarray(0, length)) ?? '')
  })
}
