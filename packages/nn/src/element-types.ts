/** Types of stored numbers that are read, by the names that safetensors gives them. */
export type ElementType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'

interface ElementFormat {
  /** Size of one element. */
  readonly bytes: number
  /** Little-endian elements, aligned, as float32. */
  decode(buffer: ArrayBuffer): Float32Array<ArrayBuffer>
}

/** Each element by a function of its bits. */
const each =
  <Bits extends Uint8Array | Uint16Array>(
    view: (buffer: ArrayBuffer) => Bits,
    value: (bits: number) => number,
  ): ElementFormat['decode'] =>
  (buffer) => {
    const bits = view(buffer)
    const values = new Float32Array(bits.length)
    for (let i = 0; i < bits.length; i++) values[i] = value(bits[i] as number)
    return values
  }

/** A bfloat16 is the upper half of a float32. */
function bfloat16(buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  const bits = Uint32Array.from(new Uint16Array(buffer))
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] as number) << 16
  return new Float32Array(bits.buffer)
}

/** IEEE 754 binary16: 1 sign bit, 5 bits of exponent with bias 15, 10 bits of mantissa. */
function float16(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const mantissa = bits & 0x3ff
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15))
}

function int64(buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  const integers = new BigInt64Array(buffer)
  const values = new Float32Array(integers.length)
  for (let i = 0; i < integers.length; i++) values[i] = Number(integers[i])
  return values
}

const formats: Readonly<Record<ElementType, ElementFormat>> = {
  F64: { bytes: 8, decode: (buffer) => new Float32Array(new Float64Array(buffer)) },
  F32: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, decode: each((buffer) => new Uint16Array(buffer), float16) },
  BF16: { bytes: 2, decode: bfloat16 },
  I64: { bytes: 8, decode: int64 },
  I32: { bytes: 4, decode: (buffer) => new Float32Array(new Int32Array(buffer)) },
  I16: { bytes: 2, decode: (buffer) => new Float32Array(new Int16Array(buffer)) },
  I8: { bytes: 1, decode: (buffer) => new Float32Array(new Int8Array(buffer)) },
  U8: { bytes: 1, decode: (buffer) => new Float32Array(new Uint8Array(buffer)) },
  BOOL: {
    bytes: 1,
    decode: each(
      (buffer) => new Uint8Array(buffer),
      (bits) => (bits === 0 ? 0 : 1),
    ),
  },
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
  const { bytes: size, decode } = formats[type]
  // A copy by constructor, which is aligned: the slice method of Node's Buffer is a view of what it is cut from.
  return decode(new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % size))).buffer)
}
