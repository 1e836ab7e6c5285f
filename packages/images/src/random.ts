/** A source of whole numbers that a seed determines. */
export interface Random {
  /** A whole number from 0 up to, not including, `limit` (at most 2^53). */
  below(limit: number): number
}

const GOLDEN_RATIO = 0x9e3779b9

/**
 * Makes a small generator for picking patches: splitmix32, a Weyl sequence of step 2^32 / golden ratio (Steele, Lea,
 * Flood 2014) through a 32-bit finaliser (Wellons, "Prospecting for hash functions"). The same seed gives the same
 * numbers on every machine; it is not meant for noise, which has its own generator in core.
 *
 * @param seed any finite number; its lower 32 bits count
 */
export function seededRandom(seed: number): Random {
  let state = mix(Math.trunc(seed) >>> 0)
  const word = (): number => {
    state = (state + GOLDEN_RATIO) >>> 0
    return mix(state)
  }
  return {
    below(limit) {
      const fraction = (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53
      return Math.floor(fraction * limit)
    },
  }
}

function mix(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
