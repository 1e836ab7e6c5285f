import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.ts'
import type { Distribution } from '../../src/kernels/attributes.ts'
import { arcsine, laplace, normalPair, uniform } from '../../src/random/distributions.ts'
import { philox } from '../../src/random/philox.ts'
import { poissonTable } from '../../src/random/poisson.ts'
import type { RandomKey } from '../../src/random/random.ts'
import { keyFrom, random, randomBits } from '../../src/random/random.ts'
import { randomBitsKernel, randomKernel } from '../../src/random/random.wgsl.ts'
import { sizeOf } from '../../src/shape.ts'
import { checkingTail } from './check-op.ts'
import { adapterTraits, closeDevice, runKernel } from './run-kernel.ts'

const KEY: RandomKey = [0xdeadbeef, 0x80000001, 0xfffffffe, 7]

/** The words of a key as floats of the same bits, as tests bind buffers. */
const keyBuffer = (key: RandomKey): Float32Array => new Float32Array(Uint32Array.from(key).buffer)

async function onDevice(
  distribution: Distribution,
  shape: readonly number[],
  key: RandomKey,
  rate?: number,
): Promise<Float32Array> {
  const attributes = { distribution, shape, ...(rate !== undefined && { rate }) }
  const spec = { inputs: [[4]], output: shape, attributes, adapter: await adapterTraits() }
  return runKernel(randomKernel(spec, checkingTail(shape)), [keyBuffer(key)], sizeOf(shape))
}

const words = (text: string): number[] => text.split(' ').map((word) => Number.parseInt(word, 16))

/** Moments of each distribution: mean, variance, and fourth central moment. */
const MOMENTS: readonly (readonly [Distribution, number | undefined, number, number, number])[] = [
  ['uniform', undefined, 1 / 2, 1 / 12, 1 / 80],
  ['normal', undefined, 0, 1, 3],
  ['laplace', undefined, 0, 2, 24],
  ['arcsine', undefined, 1 / 2, 1 / 8, 3 / 128],
  ['poisson', 0.3, 0.3, 0.3, 0.3 + 3 * 0.3 ** 2],
  ['poisson', 30, 30, 30, 30 + 3 * 30 ** 2],
  ['poisson', 2000, 2000, 2000, 2000 + 3 * 2000 ** 2],
]

describe('random numbers', () => {
  afterAll(closeDevice)

  it('are Philox 4x32-10: the known answers of Random123', () => {
    const ones = 0xffffffff
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual(words('6627e8d5 e169c58d bc57ac4c 9b00dbd8'))
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual(words('408f276d 41c83b0e a20bc7c6 6d5451fd'))
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual(
      words('d16cfe09 94fdcceb 5001e420 24126ea1'),
    )
  })

  it('are the same bits on both sides, for counts that are no multiple of four', async () => {
    for (const count of [1, 6, 4099]) {
      const spec = {
        inputs: [[4]],
        output: [count],
        attributes: { distribution: 'bits', shape: [count] } as const,
        adapter: await adapterTraits(),
      }
      const output = await runKernel(randomBitsKernel(spec), [keyBuffer(KEY)], count)
      const bits = new Uint32Array(output.buffer, output.byteOffset, count)
      expect([...bits], `${count} words`).toEqual([...randomBits(KEY, count)])
    }
  })

  it('drawn from an element on are those that a draw from the beginning has there', () => {
    for (const start of [0, 1, 2, 3, 4, 37]) {
      for (const count of [1, 2, 5, 8]) {
        const end = start + count
        const part = { draw: 1, start }
        expect([...randomBits(KEY, count, part)]).toEqual([...randomBits(KEY, end, { draw: 1 })].slice(start))
        for (const [distribution, rate = 1] of MOMENTS) {
          const whole = random(distribution, KEY, end, { rate, draw: 1 })
          const values = random(distribution, KEY, count, { rate, ...part })
          expect([...values], `${distribution}, ${count} from ${start}`).toEqual([...whole].slice(start))
        }
      }
    }
  })

  it('of every distribution agree between the sides: whole and uniform numbers exactly, others within 1e-6 up to 6', async () => {
    const shape = [3, 5, 37, 61]
    for (const [distribution, rate] of MOMENTS) {
      const expected = random(distribution, KEY, sizeOf(shape), rate === undefined ? {} : { rate })
      const actual = await onDevice(distribution, shape, KEY, rate)
      const tolerance = distribution === 'uniform' || distribution === 'poisson' ? 0 : 1e-6
      const worst = Math.max(
        ...expected.map((value, e) =>
          Math.abs(value) <= 6 || tolerance === 0 ? Math.abs(value - (actual[e] as number)) : 0,
        ),
      )
      expect(worst, `${distribution} ${rate ?? ''}`).toBeLessThanOrEqual(tolerance)
    }
  })

  it('have the moments of their distribution within 4.5 standard errors', () => {
    const count = 200_000
    for (const [distribution, rate, mean, variance, fourth] of MOMENTS) {
      const values = random(distribution, keyFrom(2 ** 40 + 17, 3, 5), count, rate === undefined ? {} : { rate })
      const average = values.reduce((sum, value) => sum + value, 0) / count
      const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
      expect(Math.abs(average - mean), `mean of ${distribution} ${rate ?? ''}`).toBeLessThan(
        4.5 * Math.sqrt(variance / count),
      )
      expect(Math.abs(spread - variance), `variance of ${distribution} ${rate ?? ''}`).toBeLessThan(
        4.5 * Math.sqrt((fourth - variance ** 2) / count),
      )
    }
  })

  it('follow the exact formulas in float64', () => {
    for (const word of [...randomBits(KEY, 4000), 0, 0xffffffff, 0x80000000, 0x7fffffff]) {
      const u = uniform(word)
      expect(u > 0 && u < 1).toBe(true)
      expect(laplace(word)).toBeCloseTo(u < 0.5 ? Math.log(2 * u) : -Math.log(2 * (1 - u)), 5)
      expect(arcsine(word)).toBeCloseTo(Math.sin((Math.PI * u) / 2) ** 2, 6)
      const radius = Math.sqrt(-2 * Math.log(u))
      const [first, second] = normalPair(word, Math.imul(word, 3) >>> 0)
      const angle = 2 * Math.PI * uniform(Math.imul(word, 3) >>> 0)
      expect(
        Math.hypot(first - radius * Math.cos(angle), second - radius * Math.sin(angle)),
        `normal of ${word}`,
      ).toBeLessThan(2e-6)
    }
  })

  it('differ between seeds, streams and offsets', () => {
    const keys = [keyFrom(1), keyFrom(2), keyFrom(1 + 2 ** 32), keyFrom(1, 1), keyFrom(1, 0, 1)]
    const firsts = new Set(keys.map((key) => randomBits(key, 4).join(' ')))
    expect(firsts.size).toBe(keys.length)
  })

  it('give Poisson counts by exact thresholds', () => {
    const { first, thresholds } = poissonTable(1)
    const cumulative = [1, 2, 2.5, 2.5 + 1 / 6].map((sum) => Math.floor((sum / Math.E) * 2 ** 32))
    expect(first).toBe(0)
    thresholds
      .slice(0, 4)
      .forEach((threshold, k) => expect(Math.abs(threshold - (cumulative[k] ?? 0))).toBeLessThanOrEqual(1))
  })

  it('refuse seeds and rates that cannot be used', () => {
    expect(() => keyFrom(-1)).toThrow(InputError)
    expect(() => keyFrom(2 ** 53)).toThrow(InputError)
    expect(() => keyFrom(1, 0.5)).toThrow(InputError)
    expect(() => random('poisson', KEY, 1)).toThrow(InputError)
    expect(() => random('poisson', KEY, 1, { rate: 0 })).toThrow(InputError)
  })
})
