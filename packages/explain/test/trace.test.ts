import { createHash } from 'node:crypto'
import { shown } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rangeOf, readTrace, type Trace, writeTrace, zeroChannels } from '../src/trace/index.ts'
import { example, smallest, tensorOf } from './trace-example.ts'

const written = (trace: Trace, activations: 'float32' | 'uint8' = 'float32'): Trace =>
  readTrace(writeTrace(trace, { activations }), 'test')

/** DnCNN's 16 layers of 64 channels and the last of one, with their activations for a grey image. */
function dncnnTrace(side: number): Trace {
  const image = [1, side, side]
  const layers = Array.from({ length: 17 }, (_, i) => ({
    name: `conv_${i + 1}`,
    kind: 'Conv2D',
    shape: [i === 16 ? 1 : 64, side, side],
    parameters: 0,
  }))
  return {
    ...smallest,
    model: { ...smallest.model, name: 'dncnn', layers },
    images: { noisy: tensorOf(image), clean: tensorOf(image, 2) },
    frames: [
      {
        denoised: tensorOf(image, 3),
        activations: layers.map(({ name, shape }, i) => {
          const { data } = tensorOf(shape, i)
          return { layer: name, shape, data, range: rangeOf(data), dead: [] }
        }),
        explanations: [],
        scores: [],
      },
    ],
  }
}

describe('a trace', () => {
  it('comes back as it was written: every field, and in float32 every value', () => {
    expect(written(example)).toEqual(example)
    expect(written(smallest)).toEqual(smallest)
  })

  it('is the same bytes whenever it is written, in whatever order its fields were set', () => {
    const reversed = <T>(value: T): T => {
      if (Array.isArray(value)) return value.map(reversed) as T
      if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
      const entries = Object.entries(value).map(([key, each]) => [key, reversed(each)] as const)
      return Object.fromEntries(entries.toReversed()) as T
    }
    // Tables (options, numbers, values) keep the order that they were given.
    const [{ explanations, ...frame }] = example.frames
    const { noise: _, ...source } = example.source
    const withoutTables: Trace = { ...example, source, frames: [{ ...frame, explanations: explanations.slice(2) }] }
    for (const activations of ['float32', 'uint8'] as const) {
      expect(writeTrace(structuredClone(example), { activations })).toEqual(writeTrace(example, { activations }))
      expect(writeTrace(reversed(withoutTables), { activations })).toEqual(writeTrace(withoutTables, { activations }))
    }
  })

  it('of version 1 is these bytes: what changes them is another version', () => {
    const digest = (activations: 'float32' | 'uint8') =>
      createHash('sha256').update(writeTrace(example, { activations })).digest('hex')
    expect(digest('float32')).toBe('986d78b7f6864a35567d4fe5ca25ad81f329702233b58f0dc510dae9937a0572')
    expect(digest('uint8')).toBe('412f24702efa5f8d328306754d943ac156e5ba0fee938207c00443b44cb593ef')
  })

  it('may have layers of any name, with slashes, dots, brackets and any script', () => {
    const name = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('__proto__', 'constructor', '__metadata__', 'a/b.c', 'frames[0].activations[0]', '', '0'),
      )
      .map(shown)
      .filter((text) => text !== 'input')
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
        fc.dictionary(name, fc.double({ noNaN: true, noDefaultInfinity: true })),
        fc.constantFrom('float32', 'uint8'),
        (names, values, activations) => {
          const layers = names.map((each) => ({ name: each, kind: 'Conv2D', shape: [2, 1, 2], parameters: 0 }))
          const data = Float32Array.of(0, 255, -255, 0)
          const trace: Trace = {
            ...smallest,
            model: { ...smallest.model, layers },
            frames: [
              {
                activations: names.map((layer, i) => ({
                  layer,
                  shape: [2, 1, 2],
                  data: data.map((value) => value * 2 ** i),
                  range: null,
                  dead: [],
                  error: 0,
                })),
                explanations: names.map((of) => ({
                  method: of,
                  title: of,
                  options: { [of]: of },
                  target: { kind: 'channel', of, text: of, numbers: {} },
                  maps: [{ name: of, shape: [1, 4], data, signed: true, units: of, range: null, status: 'ok' }],
                  values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value + 0])),
                })),
                scores: [],
              },
            ],
          }
          expect(written(trace, activations)).toEqual(trace)
        },
      ),
      { seed: 1, numRuns: 200 },
    )
  })

  it('gives no text that a terminal or page would act upon, and no two layers that look the same', () => {
    const escape = '\x1b]0;owned\x07a\u202eb\u0085\ud800'
    const layer = { name: `${escape}\nc`, kind: escape, shape: [1, 2, 2], parameters: 0 }
    const trace = {
      ...smallest,
      createdBy: escape,
      source: { name: 'x'.repeat(1000), noise: { settings: { [escape]: [escape] }, text: `${escape}\n`.repeat(20) } },
      model: { ...smallest.model, layers: [layer] },
    }
    const { createdBy, source, model } = written(trace)
    expect(createdBy).toBe(']0;ownedab')
    expect(model.layers[0]).toMatchObject({ name: ']0;ownedab c', kind: ']0;ownedab' })
    expect(source.name).toHaveLength(200)
    expect(source.noise?.settings).toEqual({ ']0;ownedab': [']0;ownedab'] })
    expect(source.noise?.text.split('\n')).toHaveLength(10)
    const twice = { ...trace, model: { ...trace.model, layers: [layer, { ...layer, name: ']0;ownedab c' }] } }
    expect(() => written(twice)).toThrow('expected each only once')
  })

  it('decodes a tensor when it is asked for, once for as long as somebody keeps it', () => {
    const file = writeTrace(example, { activations: 'uint8' })
    const [{ activations }, next] = readTrace(file, 'test').frames
    const first = activations[0]?.data
    expect(first).toHaveLength(60)
    expect(activations[0]?.data).toBe(first)
    // What nobody has asked for yet is still in the file alone.
    file.fill(0)
    expect(new Set(next?.denoised?.data)).toEqual(new Set([0]))
  })

  it('takes a quarter of the bytes with the activations in eight bits', () => {
    const trace = dncnnTrace(40)
    const [float32, uint8] = (['float32', 'uint8'] as const).map(
      (activations) => writeTrace(trace, { activations }).length,
    )
    const values = (16 * 64 + 1) * 40 * 40
    console.log(`DnCNN at 40x40: ${float32} bytes in float32, ${uint8} in uint8`)
    expect(float32! / values).toBeGreaterThan(4)
    expect(float32! / values).toBeLessThan(4.05)
    expect(uint8! / values).toBeLessThan(1.05)
  })

  it('says null for numbers that are not finite where it may, and refuses them elsewhere', () => {
    const [frame] = example.frames
    const scored = (value: number): Trace => ({ ...example, frames: [{ ...frame, scores: [{ name: 'a', value }] }] })
    expect(written(scored(Number.NaN)).frames[0].scores).toEqual([{ name: 'a', value: null }])
    const source = { ...example.source, sigma: Number.POSITIVE_INFINITY }
    expect(() => written({ ...example, source })).toThrow(
      'the trace to be written: source.sigma is null, expected a finite number',
    )
  })
})

describe('summaries', () => {
  it('the range is that of the finite values', () => {
    expect(rangeOf(Float32Array.of(3, Number.NaN, -1, Number.POSITIVE_INFINITY))).toEqual([-1, 3])
    expect(rangeOf(Float32Array.of(Number.NaN))).toBeNull()
    expect(rangeOf(new Float32Array())).toBeNull()
  })

  it('a channel of zeros is one without any other value, NaN included', () => {
    const data = Float32Array.of(0, 0, 0, 1, -0, 0, 0, Number.NaN)
    expect(zeroChannels({ shape: [4, 1, 2], data })).toEqual([0, 2])
  })
})
