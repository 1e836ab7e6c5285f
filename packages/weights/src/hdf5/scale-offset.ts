/** Bits of a difference, the bytes of the least value, that value, and a gap. */
export const SCALE_OFFSET_HEADER_BYTES = 21
const MOST_MINIMUM_BYTES = 8
const DECIMAL = 0
const INTEGER = 2
const CLASS_INTEGER = 0

/**
 * Undoes HDF5's filter "scale-offset": each element is its difference to the least of the chunk in as few bits as the largest
 * needs, for floating-point numbers after a multiplication by a power of ten.
 * Source: HDF5 file format specification 3.0, IV.A.2.l, and the HDF5 reference on H5Pset_scaleoffset.
 * @param parameters of the filter, eight and those of the fill value.
 * @returns so many bytes at most; undefined when they are damaged or of another type than integers, float32 and float64.
 */
export function unpackScaleOffset(
  packed: Uint8Array,
  parameters: readonly number[],
  most: number,
): Uint8Array | undefined {
  const [scaleType, decimals = 0, count = 0, kind, bytes = 0, , isBigEndian, hasFill, ...fillWords] = parameters
  const isFloat = kind !== CLASS_INTEGER
  const isKnown = isFloat
    ? scaleType === DECIMAL && (bytes === 4 || bytes === 8)
    : scaleType === INTEGER && [1, 2, 4, 8].includes(bytes)
  const size = count * bytes
  if (!isKnown || !(size <= most) || packed.length < SCALE_OFFSET_HEADER_BYTES) return undefined
  const head = new DataView(packed.buffer, packed.byteOffset, SCALE_OFFSET_HEADER_BYTES)
  const bits = head.getUint32(0, true)
  const content = packed.subarray(SCALE_OFFSET_HEADER_BYTES)
  if (head.getUint8(4) !== MOST_MINIMUM_BYTES || bits > 8 * bytes) return undefined
  if (bits === 8 * bytes) return content.length === size ? content.slice() : undefined
  if (content.length < Math.ceil((bits * count) / 8)) return undefined

  const data = new Uint8Array(size)
  const out = new DataView(data.buffer)
  const little = isBigEndian !== 1
  const least = head.getBigUint64(5, true)
  const fillBits = fillWords.reduce((all, word, i) => all | (BigInt(word) << BigInt(32 * i)), 0n)
  // The largest difference stands for the fill value, where there is one.
  const fill = hasFill === 1 ? (1n << BigInt(bits)) - 1n : undefined
  const write = isFloat
    ? floatWriter(out, bytes, little, least, decimals | 0)
    : (at: number, difference: bigint): void => writeBits(out, at, bytes, little, least + difference)
  const next = bitsOf(content)
  for (let i = 0; i < count; i++) {
    const difference = next(bits)
    if (difference === fill) writeBits(out, i * bytes, bytes, little, fillBits)
    else write(i * bytes, difference)
  }
  return data
}

/** The library computes float32 in float32. */
function floatWriter(out: DataView, bytes: number, little: boolean, least: bigint, decimals: number) {
  const scale = 10 ** decimals
  const bits = new DataView(new ArrayBuffer(8))
  bits.setBigUint64(0, least, true)
  if (bytes === 8) {
    const minimum = bits.getFloat64(0, true)
    return (at: number, difference: bigint): void => out.setFloat64(at, Number(difference) / scale + minimum, little)
  }
  const minimum = bits.getFloat32(0, true)
  return (at: number, difference: bigint): void =>
    out.setFloat32(at, Math.fround(Math.fround(Number(difference)) / Math.fround(scale)) + minimum, little)
}

function writeBits(out: DataView, at: number, bytes: number, little: boolean, bits: bigint): void {
  for (let i = 0; i < bytes; i++)
    out.setUint8(at + (little ? i : bytes - 1 - i), Number((bits >> BigInt(8 * i)) & 0xffn))
}

/** Gives numbers of so many bits, the highest bit of each first. */
function bitsOf(bytes: Uint8Array): (count: number) => bigint {
  let position = 0
  return (count) => {
    let value = 0n
    for (let left = count; left > 0; ) {
      const free = 8 - (position & 7)
      const taken = Math.min(free, left)
      const part = ((bytes[position >> 3] ?? 0) >> (free - taken)) & (2 ** taken - 1)
      value = (value << BigInt(taken)) | BigInt(part)
      position += taken
      left -= taken
    }
    return value
  }
}
