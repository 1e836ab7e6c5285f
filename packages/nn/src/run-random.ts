import { keyFrom, type RandomKey, randomBits } from '@noisescope/core'

/** Streams of the random numbers of a run, apart from those of initialisation. */
const SHUFFLE_STREAM = 0x5000_0001
const NOISE_STREAM = 0x5000_0002

/** The order of the images in an epoch: a Fisher-Yates shuffle that depends on seed and epoch alone. */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  const bits = randomBits(keyFrom(seed, SHUFFLE_STREAM, epoch), count)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(((bits[i] as number) / 2 ** 32) * (i + 1))
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  return order
}

/** Key of the noise of a step. */
export const noiseKey = (seed: number, step: number): RandomKey => keyFrom(seed, NOISE_STREAM, step)
