import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTrace, type Trace, type TraceActivation, writeTrace } from '../src/trace/index.ts'
import { example, open, smallest } from './trace-example.ts'

/** The activation of a layer, written and read. */
function stored(shape: readonly number[], data: Float32Array, error?: number): TraceActivation {
  const trace: Trace = {
    ...smallest,
    model: { ...smallest.model, layers: [{ name: 'layer', kind: 'ReLU', shape, parameters: 0 }] },
    frames: [
      {
        activations: [{ layer: 'layer', shape, data, range: null, dead: [], ...(error !== undefined && { error }) }],
        explanations: [],
        scores: [],
      },
    ],
  }
  const [activation] = readTrace(writeTrace(trace, { activations: 'uint8' }), 'test').frames[0].activations
  return activation!
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))), 0)

const layer = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })).chain(([channels, pixels]) =>
  fc.record({
    shape: fc.constant([channels, 1, pixels]),
    data: fc.float32Array({ minLength: channels * pixels, maxLength: channels * pixels }),
  }),
)

describe('activations in eight bits', () => {
  it('differ at most by the stated error, and one of them does; what is not finite is kept as it is', () => {
    fc.assert(
      fc.property(layer, ({ shape, data }) => {
        const { data: decoded, error } = stored(shape, data)
        if (error === undefined) expect(decoded).toEqual(data)
        else {
          const differences = Array.from(data, (value, i) => Math.abs(value - (decoded[i] as number)))
          expect(Math.max(...differences)).toBe(error)
        }
        if (!data.every(Number.isFinite)) expect(error).toBeUndefined()
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('err by half a step of their own channel, whatever the range of the others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.float({ min: -8, max: 8, noNaN: true }), fc.integer({ min: -10, max: 10 })), {
          minLength: 2,
          maxLength: 20,
        }),
        (values) => {
          const [small, large] = [values.map(([value]) => value), values.map(([value, power]) => value * 2 ** power)]
          const { data } = stored([2, 1, values.length], Float32Array.from([...small, ...large]))
          for (const [i, channel] of [small, large].entries()) {
            const exact = Float32Array.from(channel)
            const step = (Math.max(...exact) - Math.min(...exact)) / 255
            // Of float32, the smallest values of which are coarse.
            const rounding = 2 ** -23 * Math.max(...exact.map(Math.abs)) + 255 * 2 ** -149
            const decoded = data.subarray(i * exact.length, (i + 1) * exact.length)
            expect(largestDifference(exact, decoded)).toBeLessThanOrEqual(step / 2 + rounding)
          }
        },
      ),
      { seed: 2, numRuns: 300 },
    )
  })

  it('leave a flat channel and the zeros of a ReLU exactly as they are', () => {
    const data = Float32Array.of(0, 0, 0, 0.1, 0.1, 0.1, 0, 3, 0.7)
    const { data: decoded } = stored([3, 1, 3], data)
    expect(decoded.subarray(0, 7)).toEqual(data.subarray(0, 7))
    expect(decoded[8]).not.toBe(data[8])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'keep a layer with %s in float32, and it alone',
    (value) => {
      const broken = Float32Array.of(1, 2, 3, 4, 5, 6, 7, value)
      const [frame] = example.frames
      const [conv, pool] = frame.activations
      const activations = [conv!, { ...pool!, data: broken }]
      const file = writeTrace({ ...example, frames: [{ ...frame, activations }] }, { activations: 'uint8' })
      const [first, second] = readTrace(file, 'test').frames[0].activations
      expect(second?.data).toEqual(broken)
      expect(second?.error).toBeUndefined()
      expect(first?.error).toBeGreaterThan(0)
      expect(open(file).document).toMatchObject({
        frames: [{ activations: [{ encoding: 'uint8' }, { encoding: 'float32' }] }],
      })
    },
  )

  it('keep in float32 what spans more than float32 can hold', () => {
    const data = Float32Array.of(-3.4e38, 3.4e38)
    const { data: decoded, error } = stored([1, 1, 2], data)
    expect(decoded.every(Number.isFinite)).toBe(true)
    expect(largestDifference(data, decoded)).toBe(error ?? 0)
  })

  it('add up their errors when they are written in eight bits again, and keep them in float32', () => {
    const data = Float32Array.of(0, 0.3, 0.7, 1)
    const once = stored([1, 2, 2], data)
    const twice = stored([1, 2, 2], once.data, once.error)
    expect(twice.error).toBeGreaterThanOrEqual(once.error!)
    expect(largestDifference(data, twice.data)).toBeLessThanOrEqual(twice.error!)
  })
})
