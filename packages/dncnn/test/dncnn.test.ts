import { evaluate, InputError, inputTensor } from '@noisescope/core'
import { countParameters, layerSummaries, summary, variablesOf } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { dncnn } from '../src/index.ts'

const INPUT = [1, 1, 11, 9]

/** A picture with every value different, on 0..1. */
const picture = (count: number, scale = 1) =>
  Float32Array.from({ length: count }, (_, i) => (((i * 37) % 99) / 99) * scale)

const outputOf = (model: ReturnType<typeof dncnn>, noisy: Float32Array, shape = INPUT) =>
  evaluate([model.forward(inputTensor('noisy', shape))], { inputs: { noisy } })[0]?.data ?? new Float64Array()

describe('DnCNN', () => {
  it('has the parameters of the paper: 556,032 with 17 layers and 667,008 with 20', () => {
    expect(countParameters(dncnn().layers)).toBe(556_032)
    expect(countParameters(dncnn({ depth: 20 }).layers)).toBe(667_008)
  })

  it('has the parameters of its options', () => {
    const count = (options: Parameters<typeof dncnn>[0]) => countParameters(dncnn(options).layers)
    const [first, inner, last] = [64 * 9, 64 * 64 * 9, 64 * 9]
    expect(count({ channels: 3 })).toBe(3 * first + 15 * (inner + 128) + 3 * last)
    expect(count({ batchNorm: false, bias: 'all' })).toBe(first + 15 * inner + last + 16 * 64 + 1)
    expect(count({ bias: 'outer' })).toBe(556_032 + 64 + 1)
    expect(count({ depth: 8, width: 32 })).toBe(56_256)
    expect(count({ depth: 2, width: 5 })).toBe(2 * 5 * 9)
  })

  it('prints its table', () => {
    expect(summary(dncnn({ depth: 4, width: 8, bias: 'outer' }), [1, 1, 40, 40])).toBe(`\
Layer (type)                       Output Shape       Param #
=============================================================
input (InputLayer)                 (None, 40, 40, 1)        0
conv_1 (Conv2D)                    (None, 40, 40, 8)       80
relu_1 (Activation)                (None, 40, 40, 8)        0
conv_2 (Conv2D)                    (None, 40, 40, 8)      576
batch_norm_2 (BatchNormalization)  (None, 40, 40, 8)       16
relu_2 (Activation)                (None, 40, 40, 8)        0
conv_3 (Conv2D)                    (None, 40, 40, 8)      576
batch_norm_3 (BatchNormalization)  (None, 40, 40, 8)       16
relu_3 (Activation)                (None, 40, 40, 8)        0
conv_4 (Conv2D)                    (None, 40, 40, 1)       73
=============================================================
Total params: 1,337`)
  })

  it('keeps the size of any image, down to a single pixel and a single column', () => {
    for (const [h, w] of [
      [1, 1],
      [7, 1],
      [1, 6],
      [5, 8],
    ] as const) {
      const summaries = layerSummaries(dncnn({ depth: 3, width: 2, channels: 3 }), [2, 3, h, w])
      expect(summaries.at(-1)?.output).toEqual([2, 3, h, w])
    }
  })

  it('scales its output with its input when it has neither biases nor batch norm, and not otherwise', () => {
    const ratioOf = (options: Parameters<typeof dncnn>[0]) => {
      const model = dncnn({ depth: 4, width: 3, seed: 5, ...options })
      for (const { name, initial } of variablesOf(model)) if (name.endsWith('bias')) initial.fill(0.1)
      const [once, twice] = [outputOf(model, picture(99)), outputOf(model, picture(99, 2))]
      return Array.from(once, (value, i) => (twice[i] as number) / value)
    }
    for (const ratio of ratioOf({ batchNorm: false, bias: 'none' })) expect(ratio).toBeCloseTo(2, 5)
    for (const options of [{ batchNorm: false, bias: 'all' }, { batchNorm: true }] as const) {
      expect(Math.max(...ratioOf(options).map((ratio) => Math.abs(ratio - 2)))).toBeGreaterThan(0.01)
    }
  })

  it('sees exactly as far as its receptive radius', () => {
    const model = dncnn({ depth: 3, width: 4, batchNorm: false, seed: 2 })
    const shape = [1, 1, 1, 15]
    const changed = picture(15)
    changed[7] = 5
    const [before, after] = [outputOf(model, picture(15), shape), outputOf(model, changed, shape)]
    const distances = Array.from(before, (value, i) => (value === after[i] ? -1 : Math.abs(i - 7)))
    expect(Math.max(...distances)).toBe(model.receptiveRadius)
  })

  it('starts from the same weights for the same seed, from others for another, and with gamma within 0.025', () => {
    const start = (seed: number) => variablesOf(dncnn({ depth: 4, width: 8, seed })).map(({ initial }) => initial)
    expect(start(3)).toEqual(start(3))
    expect(start(4)).not.toEqual(start(3))
    const gamma = variablesOf(dncnn()).find(({ name }) => name === 'batch_norm_2.weight')?.initial as Float32Array
    expect(Math.max(...gamma.map(Math.abs))).toBeCloseTo(0.025, 7)
    expect(new Set(gamma).size).toBeGreaterThan(10)
  })

  it('refuses what is no network', () => {
    for (const options of [{ depth: 1 }, { depth: 2.5 }, { width: 0 }, { channels: 2 }]) {
      expect(() => dncnn(options), JSON.stringify(options)).toThrow(InputError)
    }
  })
})
