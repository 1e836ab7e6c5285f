const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

/**
 * The checksum of HDF5's metadata: Bob Jenkins' lookup3 (hashlittle) with the initial value 0, as unsigned 32 bits.
 * Source: HDF5 file format specification 3.0, and the public-domain description at burtleburtle.net/bob/hash.
 */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xdeadbeef + bytes.length) | 0
  let b = a
  let c = a
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number): number => {
    if (at + 4 <= bytes.length) return view.getInt32(at, true)
    let value = 0
    for (let i = 0; at + i < bytes.length; i++) value |= (bytes[at + i] as number) << (8 * i)
    return value
  }
  let at = 0
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0
    b = (b + word(at + 4)) | 0
    c = (c + word(at + 8)) | 0
    a = ((a - c) ^ rotate(c, 4)) | 0
    c = (c + b) | 0
    b = ((b - a) ^ rotate(a, 6)) | 0
    a = (a + c) | 0
    c = ((c - b) ^ rotate(b, 8)) | 0
    b = (b + a) | 0
    a = ((a - c) ^ rotate(c, 16)) | 0
    c = (c + b) | 0
    b = ((b - a) ^ rotate(a, 19)) | 0
    a = (a + c) | 0
    c = ((c - b) ^ rotate(b, 4)) | 0
    b = (b + a) | 0
  }
  if (at === bytes.length) return c >>> 0
  a = (a + word(at)) | 0
  b = (b + word(at + 4)) | 0
  c = (c + word(at + 8)) | 0
  c = ((c ^ b) - rotate(b, 14)) | 0
  a = ((a ^ c) - rotate(c, 11)) | 0
  b = ((b ^ a) - rotate(a, 25)) | 0
  c = ((c ^ b) - rotate(b, 16)) | 0
  a = ((a ^ c) - rotate(c, 4)) | 0
  b = ((b ^ a) - rotate(a, 14)) | 0
  c = ((c ^ b) - rotate(b, 24)) | 0
  return c >>> 0
}

/** Sums of 16 bits stay below 2^53 for so many words before they have to be folded. */
const WORDS_BETWEEN_FOLDS = 360

/** Fletcher's checksum of 32 bits over big-endian words, as HDF5's filter of that name has it. */
export function fletcher32(bytes: Uint8Array): number {
  let sum = 0
  let sumOfSums = 0
  const fold = (value: number): number => (value & 0xffff) + (value >>> 16)
  const words = bytes.length >> 1
  for (let i = 0; i < words; i++) {
    sum += ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number)
    sumOfSums += sum
    if (i % WORDS_BETWEEN_FOLDS === WORDS_BETWEEN_FOLDS - 1) {
      sum = fold(sum)
      sumOfSums = fold(sumOfSums)
    }
  }
  if (bytes.length % 2 === 1) {
    sum += (bytes[bytes.length - 1] as number) << 8
    sumOfSums += sum
  }
  sum = fold(fold(sum))
  sumOfSums = fold(fold(sumOfSums))
  return ((sumOfSums << 16) | sum) >>> 0
}
