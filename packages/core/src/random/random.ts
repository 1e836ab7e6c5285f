import { InputError } from '../errors.ts'
import type { Distribution } from '../kernels/attributes.ts'
import { arcsine, laplace, normalPair, uniform } from './distributions.ts'
import { philox } from './philox.ts'
import { poisson, poissonTable } from './poisson.ts'

/**
 * What a stream of random numbers is a pure function of: two words of key, the stream, the offset in it (the step of a
 * training, say), each 32 bits. Element e takes word e % 4 of Philox of counter (floor(e / 4), offset, stream, draw),
 * where `draw` tells several uses of one key apart.
 */
export type RandomKey = readonly [key0: number, key1: number, stream: number, offset: number]

export interface RandomOptions {
  /** Mean of 'poisson'. */
  readonly rate?: number
  /** Tells several draws with one key apart. Default 0. */
  readonly draw?: number
}

/** How a part of a stream is drawn. */
export interface RandomPartOptions extends RandomOptions {
  /** The element that is drawn first, a whole number: what comes is what a draw from 0 has there. Default 0. */
  readonly start?: number
}

const WORDS = 2 ** 32

/**
 * A key of a seed; different streams and offsets are independent.
 * @throws InputError unless the seed is a whole number in [0, 2^53), stream and offset ones in [0, 2^32).
 */
export function keyFrom(seed: number, stream = 0, offset = 0): RandomKey {
  const whole = Number.isSafeInteger(seed) && seed >= 0
  if (!whole || [stream, offset].some((word) => !Number.isInteger(word) || word < 0 || word >= WORDS)) {
    throw new InputError(
      `seed ${seed}, stream ${stream}, offset ${offset} are not usable; expected whole numbers of at least 0, ` +
        'the seed below 2^53, the others below 2^32',
    )
  }
  return [seed % WORDS, Math.floor(seed / WORDS), stream, offset]
}

/** Random 32-bit words: what randomBitsKernel writes. */
export function randomBits(
  [key0, key1, stream, offset]: RandomKey,
  count: number,
  { draw = 0, start = 0 }: Omit<RandomPartOptions, 'rate'> = {},
): Uint32Array {
  const before = start % 4
  const first = (start - before) / 4
  const bits = new Uint32Array(Math.ceil((before + count) / 4) * 4)
  for (let e = 0; e < bits.length; e += 4) bits.set(philox([first + e / 4, offset, stream, draw], [key0, key1]), e)
  return bits.subarray(before, before + count)
}

/**
 * Random numbers of a distribution, the same as randomKernel's: Poisson counts exactly, uniform numbers exactly, the
 * others within 1e-6 up to a magnitude of 6.
 * @throws InputError when 'poisson' has no usable rate.
 */
export function random(
  distribution: Distribution,
  key: RandomKey,
  count: number,
  options: RandomPartOptions = {},
): Float32Array {
  if (distribution === 'normal') return normals(key, count, options)
  const bits = randomBits(key, count, options)
  const draw = drawOf(distribution, options.rate)
  const values = new Float32Array(count)
  bits.forEach((word, e) => {
    values[e] = draw(word)
  })
  return values
}

function drawOf(distribution: Exclude<Distribution, 'normal'>, rate: number | undefined): (word: number) => number {
  if (distribution === 'poisson') {
    const table = poissonTable(rate ?? NaN)
    return (word) => poisson(table, word)
  }
  return { uniform, laplace, arcsine }[distribution]
}

/** Normal numbers come in pairs, of which the first has an even element. */
function normals(key: RandomKey, count: number, { start = 0, ...options }: RandomPartOptions): Float32Array {
  const before = start % 2
  const bits = randomBits(key, 2 * Math.ceil((before + count) / 2), { ...options, start: start - before })
  const values = new Float32Array(bits.length)
  for (let e = 0; e < bits.length; e += 2) values.set(normalPair(bits[e] as number, bits[e + 1] as number), e)
  return values.subarray(before, before + count)
}
