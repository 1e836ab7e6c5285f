/** Types of stored numbers that are read, by the names that safetensors gives them. */
export type ElementType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'

interface ElementFormat {
  /** Size of one element. */
  readonly bytes: number
  /** The little-endian element at a byte offset. */
  read(view: DataView, offset: number): number
}

const scratch = new DataView(new ArrayBuffer(4))

/** A bfloat16 is the upper half of a float32. */
function bfloat16(bits: number): number {
  scratch.setUint32(0, bits * 2 ** 16)
  return scratch.getFloat32(0)
}

/** IEEE 754 binary16: 1 sign bit, 5 bits of exponent with bias 15, 10 bits of mantissa. */
function float16(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const mantissa = bits & 0x3ff
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15))
}

const formats: Readonly<Record<ElementType, ElementFormat>> = {
  F64: { bytes: 8, read: (view, offset) => view.getFloat64(offset, true) },
  F32: { bytes: 4, read: (view, offset) => view.getFloat32(offset, true) },
  F16: { bytes: 2, read: (view, offset) => float16(view.getUint16(offset, true)) },
  BF16: { bytes: 2, read: (view, offset) => bfloat16(view.getUint16(offset, true)) },
  I64: { bytes: 8, read: (view, offset) => Number(view.getBigInt64(offset, true)) },
  I32: { bytes: 4, read: (view, offset) => view.getInt32(offset, true) },
  I16: { bytes: 2, read: (view, offset) => view.getInt16(offset, true) },
  I8: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  U8: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  BOOL: { bytes: 1, read: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1) },
}

export const isElementType = (name: unknown): name is ElementType =>
  typeof name === 'string' && Object.hasOwn(formats, name)

/** The types' names, for messages. */
export const elementTypes: readonly string[] = Object.keys(formats)

/** Size of one element in bytes. */
export const bytesPerElement = (type: ElementType): number => formats[type].bytes

/**
 * Little-endian numbers of a type as float32 values of their own; what float32 cannot hold is rounded to the nearest
 * (integers above 2^24, float64) or becomes infinite.
 */
export function decodeElements(type: ElementType, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  // A copy by constructor: the slice method of Node's Buffer is a view of what it is cut from.
  if (type === 'F32') return new Float32Array(new Uint8Array(bytes).buffer)
  const { bytes: size, read } = formats[type]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(view, i * size))
}
