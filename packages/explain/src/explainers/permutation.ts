import { keyFrom, randomBits } from '@noisescope/core'

/** The numbers 0 .. count - 1 in a random order, the same for the same seed and stream. */
export function permutation(count: number, seed: number, stream = 0): Uint32Array {
  const rank = randomBits(keyFrom(seed, stream), count)
  return Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (rank[a] as number) - (rank[b] as number) || a - b,
  )
}
