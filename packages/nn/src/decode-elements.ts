import { alignedElements, type ElementType } from './element-types.ts'

/** Little-endian elements, aligned, as float32. */
type Decode = (buffer: ArrayBuffer) => Float32Array<ArrayBuffer>

/** Each element by a function of its bits. */
const each =
  <Bits extends Uint8Array | Uint16Array>(
    view: (buffer: ArrayBuffer) => Bits,
    value: (bits: number) => number,
  ): Decode =>
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

const decoders: Readonly<Record<ElementType, Decode>> = {
  F64: (buffer) => new Float32Array(new Float64Array(buffer)),
  F32: (buffer) => new Float32Array(buffer),
  F16: each((buffer) => new Uint16Array(buffer), float16),
  BF16: bfloat16,
  I64: int64,
  I32: (buffer) => new Float32Array(new Int32Array(buffer)),
  I16: (buffer) => new Float32Array(new Int16Array(buffer)),
  I8: (buffer) => new Float32Array(new Int8Array(buffer)),
  U8: (buffer) => new Float32Array(new Uint8Array(buffer)),
  BOOL: each(
    (buffer) => new Uint8Array(buffer),
    (bits) => (bits === 0 ? 0 : 1),
  ),
}

/**
 * Little-endian numbers of a type as float32 values of their own; what float32 cannot hold is rounded to the nearest
 * (integers above 2^24, float64) or becomes infinite.
 */
export const decodeElements = (type: ElementType, bytes: Uint8Array): Float32Array<ArrayBuffer> =>
  decoders[type](alignedElements(type, bytes))
