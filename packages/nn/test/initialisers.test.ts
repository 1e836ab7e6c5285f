import { describe, expect, it } from 'vitest'
import { constantInitialiser, conv2dLayer, glorotUniform, heNormal } from '../src/index.ts'

const SHAPE = [64, 32, 3, 3]
const COUNT = 64 * 32 * 9

function moments(values: ArrayLike<number>) {
  const list = Array.from(values)
  const mean = list.reduce((a, b) => a + b, 0) / list.length
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length }
}

describe('initialisers', () => {
  it('Glorot stays within its limit and has the variance of a uniform distribution', () => {
    const limit = Math.sqrt(6 / ((64 + 32) * 9))
    const values = glorotUniform(SHAPE, 1, 0)
    expect(values).toHaveLength(COUNT)
    for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(limit)
    expect(Math.max(...values)).toBeGreaterThan(0.99 * limit)
    expect(Math.min(...values)).toBeLessThan(-0.99 * limit)
    const { mean, variance } = moments(values)
    const expected = limit ** 2 / 3
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / COUNT))
    // A uniform distribution has kurtosis 9/5, so the variance of its squares is 4/5 of the squared variance.
    expect(Math.abs(variance - expected)).toBeLessThan(5 * expected * Math.sqrt(0.8 / COUNT))
  })

  it('He has the variance 2 / fan in', () => {
    const { mean, variance } = moments(heNormal(SHAPE, 1, 0))
    const expected = 2 / (32 * 9)
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / COUNT))
    expect(Math.abs(variance - expected)).toBeLessThan(5 * expected * Math.sqrt(2 / COUNT))
  })

  it('the same seed and stream give the same values, another seed or stream others', () => {
    for (const make of [glorotUniform, heNormal]) {
      expect(make(SHAPE, 5, 2)).toEqual(make(SHAPE, 5, 2))
      for (const [seed, stream] of [
        [5, 3],
        [6, 2],
      ] as const) {
        const [a, b] = [make(SHAPE, 5, 2), make(SHAPE, seed, stream)]
        const shared = a.filter((value, i) => value === b[i]).length
        expect(shared, `seed ${seed}, stream ${stream}`).toBeLessThan(COUNT / 100)
      }
    }
  })

  it('a constant is the same everywhere', () => {
    expect(constantInitialiser(0.5)([2, 2], 1, 1)).toEqual(Float32Array.of(0.5, 0.5, 0.5, 0.5))
  })

  it('a convolution starts with Glorot weights and zero bias', () => {
    const [weight, bias] = conv2dLayer({ name: 'conv', inputs: 32, outputs: 64, seed: 3, stream: 4 }).parameters
    expect(weight).toMatchObject({ name: 'conv.weight', shape: SHAPE, initial: glorotUniform(SHAPE, 3, 4) })
    expect(bias).toMatchObject({ name: 'conv.bias', shape: [64], initial: new Float32Array(64) })
  })
})
