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
const MAXIMUM_BYTES = 2 ** 31 - 1

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST and Fashion-MNIST; gzip is detected.
 *
 * @param name what error messages call the file
 * @throws InputError if the file is not IDX, holds another type, is truncated, says more or less than it holds, or is
 *   damaged gzip
 */
export async function readIdx(bytes: Uint8Array, name = 'the IDX file'): Promise<Idx> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, MAXIMUM_BYTES, name) : bytes, name)
}

function parseIdx(bytes: Uint8Array, name: string): Idx {
  if (bytes.length < 4) {
    throw new InputError(`${name} has ${bytes.length} bytes, too few for an IDX file; was it fetched in full?`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = view.getUint8(2)
  const dimensions = view.getUint8(3)
  if (view.getUint16(0) !== 0 || !(type in TYPE_NAMES)) {
    throw new InputError(`${name} does not start as an IDX file does: two zero bytes, a type, a number of dimensions`)
  }
  if (type !== UNSIGNED_BYTE) {
    throw new InputError(`${name} holds ${TYPE_NAMES[type]}; only IDX files of unsigned bytes (type 0x08) are read`)
  }
  if (dimensions < 1 || dimensions > MAXIMUM_DIMENSIONS) {
    throw new InputError(`${name} says it has ${dimensions} dimensions; 1 to ${MAXIMUM_DIMENSIONS} are expected`)
  }
  const headerLength = 4 + 4 * dimensions
  if (bytes.length < headerLength) {
    throw new InputError(`${name} ends within its header, after ${bytes.length} of ${headerLength} bytes`)
  }
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index))
  const expected = shape.reduce((product, size) => product * size, 1)
  const found = bytes.length - headerLength
  if (found !== expected) {
    const finding = found < expected ? 'it is truncated or its header is wrong' : 'something trails behind its data'
    throw new InputError(`${name} says ${shape.join('x')} = ${expected} bytes but holds ${found}; ${finding}`)
  }
  return { shape, data: bytes.slice(headerLength) }
}

/**
 * Writes unsigned bytes as an IDX file, not compressed.
 *
 * @throws InputError if the shape has no or more than 4 dimensions, or does not fit the number of bytes
 */
export function writeIdx({ shape, data }: { shape: readonly number[]; data: Uint8Array }): Uint8Array<ArrayBuffer> {
  const expected = shape.reduce((product, size) => product * size, 1)
  const valid =
    shape.length >= 1 &&
    shape.length <= MAXIMUM_DIMENSIONS &&
    shape.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 32)
  if (!valid || expected !== data.length) {
    throw new InputError(`${data.length} bytes cannot be written as IDX of shape [${shape.join(', ')}]`)
  }
  const headerLength = 4 + 4 * shape.length
  const bytes = new Uint8Array(headerLength + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(2, UNSIGNED_BYTE)
  view.setUint8(3, shape.length)
  for (const [index, size] of shape.entries()) view.setUint32(4 + 4 * index, size)
  bytes.set(data, headerLength)
  return bytes
}
