import type { ElementType } from '@noisescope/nn'
import type { Hdf5Cursor } from './cursor.ts'

/** What the elements of an array or attribute are. */
export type Hdf5Type =
  /** `format` is undefined where the numbers are of no kind that is read, such as float128. */
  | { readonly kind: 'float'; readonly bytes: number; readonly isBigEndian: boolean; readonly format?: ElementType }
  | { readonly kind: 'integer'; readonly bytes: number; readonly isBigEndian: boolean; readonly isSigned: boolean }
  | { readonly kind: 'text'; readonly bytes: number }
  | { readonly kind: 'long text'; readonly bytes: number }
  | { readonly kind: 'reference'; readonly bytes: number }
  | { readonly kind: 'opaque'; readonly bytes: number }
  | { readonly kind: 'other'; readonly bytes: number }

/** The floating-point numbers that are read: bits of exponent and mantissa, and the exponent's bias. */
const floats: readonly (readonly [ElementType, bytes: number, exponent: number, mantissa: number, bias: number])[] = [
  ['F16', 2, 5, 10, 15],
  ['BF16', 2, 8, 7, 127],
  ['F32', 4, 8, 23, 127],
  ['F64', 8, 11, 52, 1023],
]

/** The leading bit of the mantissa is 1 and not stored. */
const IMPLIED_NORMALISATION = 2

/** Reads a datatype. @throws the refusal, when it contradicts itself. */
export function readDatatype(cursor: Hdf5Cursor): Hdf5Type {
  const first = cursor.uint8()
  const version = first >> 4
  if (version < 1 || version > 5) cursor.refuse(`an array's type is of version ${version}`)
  const [low = 0, middle = 0, high = 0] = cursor.take(3)
  const bytes = cursor.uint32()
  const damaged = (): never => cursor.refuse('the type of an array is damaged')
  switch (first & 0xf) {
    case 0: {
      if (low > 0xf || middle !== 0 || high !== 0) damaged()
      const [offset, precision] = [cursor.uint16(), cursor.uint16()]
      if (bytes === 0 || bytes > 8 || offset + precision > 8 * bytes) damaged()
      return { kind: 'integer', bytes, isBigEndian: (low & 1) !== 0, isSigned: (low & 8) !== 0 }
    }
    case 1: {
      if (high !== 0 || (low & 0x80) !== 0) damaged()
      const format = readFloat(cursor, bytes, middle, (low >> 4) & 3, damaged)
      return { kind: 'float', bytes, isBigEndian: (low & 1) !== 0, ...(format === undefined ? {} : { format }) }
    }
    case 3:
      return middle === 0 && high === 0 && low < 0x20 && (low & 0xf) < 3 ? { kind: 'text', bytes } : damaged()
    case 5:
      return middle === 0 && high === 0 ? { kind: 'opaque', bytes } : damaged()
    case 7:
      return { kind: low === 0 && bytes === 8 ? 'reference' : 'other', bytes }
    case 9:
      if ((low & 0xf) > 1 || middle > 1 || high !== 0) damaged()
      return { kind: (low & 0xf) === 1 ? 'long text' : 'other', bytes }
    case 8: {
      // An enumeration, such as Python's booleans, has the numbers of its base.
      const base = readDatatype(cursor)
      return base.kind === 'integer' ? base : damaged()
    }
    case 2:
    case 4:
    case 6:
    case 10:
      return { kind: 'other', bytes }
    default:
      return damaged()
  }
}

function readFloat(
  cursor: Hdf5Cursor,
  bytes: number,
  signAt: number,
  normalisation: number,
  damaged: () => never,
): ElementType | undefined {
  const [offset, precision] = [cursor.uint16(), cursor.uint16()]
  const [exponentAt, exponent, mantissaAt, mantissa] = [cursor.uint8(), cursor.uint8(), cursor.uint8(), cursor.uint8()]
  const bias = cursor.uint32()
  if (offset + precision > 8 * bytes || exponentAt + exponent > precision || signAt >= precision) damaged()
  const isPlain =
    normalisation === IMPLIED_NORMALISATION &&
    offset === 0 &&
    precision === 8 * bytes &&
    signAt === precision - 1 &&
    mantissaAt === 0 &&
    exponentAt === mantissa
  if (!isPlain) return undefined
  const [format] =
    floats.find((known) => known[1] === bytes && known[2] === exponent && known[3] === mantissa && known[4] === bias) ??
    []
  return format
}

/** The sizes of an array along its axes; none for a single value, undefined for none at all. */
export function readDataspace(
  cursor: Hdf5Cursor,
): { readonly shape: readonly number[]; readonly most: readonly number[] } | undefined {
  const version = cursor.version(1, 2)
  const rank = cursor.uint8()
  const flags = cursor.uint8()
  const type = cursor.uint8()
  if (version === 1) cursor.skip(4)
  if (rank > 32 || flags > 3 || (version === 2 && type > 2)) cursor.refuse('the shape of an array is damaged')
  if (version === 2 && type === 2) return undefined
  const shape = Array.from({ length: rank }, () => cursor.length())
  // Without limit is written as all bits set, which is no length: an address is read so.
  const most = flags & 1 ? shape.map(() => cursor.address() ?? Number.POSITIVE_INFINITY) : shape
  if (most.some((size, axis) => size < (shape[axis] ?? 0))) cursor.refuse('an array is larger than it may be')
  return { shape, most }
}
