import { InputError } from '@noisescope/core'
import { gunzip, isGzip } from './gzip.ts'

/** The content of an IDX file of unsigned bytes, row-major. */
export interface Idx {
  readonly shape: readonly number[]
  readonly data: Uint8Array<ArrayBuffer>
}

/** Data types by their code (yann.lecun.com/exdb/mnist, "the IDX file format"); only the first is read. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0x08: 'unsigned bytes',
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: '32-bit floats',
  0x0e: '64-bit floats',
}
const UNSIGNED_BYTE = 0x08
const MAXIMUM_DIMENSIONS = 4

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST and Fashion-MNIST; gzip is detected, and unpacked only as far as the
 * header says that there is something.
 *
 * @param name what error messages call the file
 * @throws InputError if the file is not IDX, holds another type, is truncated, says more or less than it holds, or is
 *   damaged gzip
 */
export async function readIdx(bytes: Uint8Array, name = 'the IDX file'): Promise<Idx> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, name, (start) => lengthOf(start, name)) : bytes, name)
}

/** The bytes of an IDX file by its header; undefined where the header has not come yet. */
function lengthOf(start: Uint8Array, name: string): number | undefined {
  if (start.length < 4) return undefined
  const dimensions = dimensionsOf(start, name)
  return start.length < 4 + 4 * dimensions ? undefined : headerLength(dimensions) + product(shapeOf(start, dimensions))
}

const headerLength = (dimensions: number): number => 4 + 4 * dimensions
const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1)

/** @throws InputError if the first four bytes are not those of IDX with unsigned bytes */
function dimensionsOf(bytes: Uint8Array, name: string): number {
  if (bytes.length < 4) {
    throw new InputError(`${name} has ${bytes.length} bytes, too few for an IDX file; was it fetched in full?`)
  }
  const [zero, alsoZero, type = 0, dimensions = 0] = bytes
  if (zero !== 0 || alsoZero !== 0 || !(type in TYPE_NAMES)) {
    throw new InputError(`${name} does not start as an IDX file does: two zero bytes, a type, a number of dimensions`)
  }
  if (type !== UNSIGNED_BYTE) {
    throw new InputError(`${name} holds ${TYPE_NAMES[type]}; only IDX files of unsigned bytes (type 0x08) are read`)
  }
  if (dimensions < 1 || dimensions > MAXIMUM_DIMENSIONS) {
    throw new InputError(`${name} says it has ${dimensions} dimensions; 1 to ${MAXIMUM_DIMENSIONS} are expected`)
  }
  return dimensions
}

function shapeOf(bytes: Uint8Array, dimensions: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i))
}

function parseIdx(bytes: Uint8Array, name: string): Idx {
  const dimensions = dimensionsOf(bytes, name)
  const start = headerLength(dimensions)
  if (bytes.length < start) {
    throw new InputError(`${name} ends within its header, after ${bytes.length} of ${start} bytes`)
  }
  const shape = shapeOf(bytes, dimensions)
  const expected = product(shape)
  const found = bytes.length - start
  if (found < expected) {
    throw new InputError(
      `${name} says ${shape.join('x')} = ${expected} bytes but holds ${found}; it is truncated or its header is wrong`,
    )
  }
  if (found > expected) {
    throw new InputError(
      `${name} says ${shape.join('x')} = ${expected} bytes but holds more; something trails behind its data`,
    )
  }
  return { shape, data: bytes.slice(start) }
}

/**
 * Writes unsigned bytes as an IDX file, not compressed.
 *
 * @throws InputError if the shape has no or more than 4 dimensions, or does not fit the number of bytes
 */
export function writeIdx({ shape, data }: { shape: readonly number[]; data: Uint8Array }): Uint8Array<ArrayBuffer> {
  const expected = product(shape)
  const valid =
    shape.length >= 1 &&
    shape.length <= MAXIMUM_DIMENSIONS &&
    shape.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 32)
  if (!valid || expected !== data.length) {
    throw new InputError(`${data.length} bytes cannot be written as IDX of shape [${shape.join(', ')}]`)
  }
  const start = headerLength(shape.length)
  const bytes = new Uint8Array(start + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(2, UNSIGNED_BYTE)
  view.setUint8(3, shape.length)
  for (const [index, size] of shape.entries()) view.setUint32(4 + 4 * index, size)
  bytes.set(data, start)
  return bytes
}
