/** Words of the generator's state. */
const STATE = 624
const SHIFT = 397

/**
 * Draws standard normal numbers as `numpy.random.seed(seed); numpy.random.standard_normal(count)` does, so that noise is that of
 * published Python evaluations to the last digit.
 *
 * Source: MT19937 (Matsumoto and Nishimura 1998) seeded by Knuth's multiplier, 53-bit uniforms, and Marsaglia's polar method,
 * whose second number of each pair comes first.
 * @param seed whole number from 0 to 2^32 - 1.
 */
export function numpyNormal(seed: number, count: number): Float64Array {
  const uniform = mersenneTwister(seed)
  const values = new Float64Array(count)
  for (let i = 0; i < count; i += 2) {
    const [first, second] = polarPair(uniform)
    values[i] = first
    if (i + 1 < count) values[i + 1] = second
  }
  return values
}

function polarPair(uniform: () => number): readonly [number, number] {
  for (;;) {
    const x = 2 * uniform() - 1
    const y = 2 * uniform() - 1
    const square = x * x + y * y
    if (square >= 1 || square === 0) continue
    const factor = Math.sqrt((-2 * Math.log(square)) / square)
    return [factor * y, factor * x]
  }
}

/** Uniform numbers from 0 up to, not including, 1, of 53 random bits. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(STATE)
  state[0] = seed
  for (let i = 1; i < STATE; i++) {
    const before = state[i - 1] as number
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i
  }
  let position = STATE
  const word = (): number => {
    if (position === STATE) {
      twist(state)
      position = 0
    }
    let y = state[position++] as number
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
  return () => {
    const high = word() >>> 5
    const low = word() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < STATE; i++) {
    const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % STATE] as number) & 0x7fffffff)
    const mixed = (state[(i + SHIFT) % STATE] as number) ^ (joined >>> 1)
    state[i] = joined & 1 ? mixed ^ 0x9908b0df : mixed
  }
}
