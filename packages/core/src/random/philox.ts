/**
 * Multipliers and key increments of Philox 4x32 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3").
 */
export const PHILOX = {
  rounds: 10,
  multipliers: [0xd2511f53, 0xcd9e8d57],
  increments: [0x9e3779b9, 0xbb67ae85],
} as const

type FourWords = readonly [number, number, number, number]

/** High 32 bits of the product of two 32-bit numbers, from 16-bit halves. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const first = aHigh * bLow + ((aLow * bLow) >>> 16)
  const second = aLow * bHigh + (first & 0xffff)
  return aHigh * bHigh + (first >>> 16) + (second >>> 16)
}

/** Four random 32-bit words, a pure function of a counter and a key: Philox 4x32-10. */
export function philox(counter: FourWords, key: readonly [number, number]): FourWords {
  let [a, b, c, d] = counter
  let [key0, key1] = key
  const [multiplier0, multiplier1] = PHILOX.multipliers
  const [increment0, increment1] = PHILOX.increments
  for (let round = 0; round < PHILOX.rounds; round++) {
    const high0 = highProduct(multiplier0, a)
    const low0 = Math.imul(multiplier0, a)
    const high1 = highProduct(multiplier1, c)
    const low1 = Math.imul(multiplier1, c)
    a = high1 ^ b ^ key0
    b = low1
    c = high0 ^ d ^ key1
    d = low0
    key0 = (key0 + increment0) | 0
    key1 = (key1 + increment1) | 0
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0]
}
