import { adnet } from '@noisescope/adnet'
import { evaluate, InputError, inputTensor } from '@noisescope/core'
import { countParameters, layerSummaries, parametersOf, summary } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { gradientErrors } from './helpers/gradients.ts'

describe('ADNet', () => {
  it('has the parameters of the published network: 519,171', () => {
    expect(countParameters(adnet().layers)).toBe(519_171)
  })

  it('has the parameters of its options', () => {
    const count = (options: Parameters<typeof adnet>[0]) => countParameters(adnet(options).layers)
    const convolutions = (channels: number, width: number) => 9 * (2 * channels * width + 14 * width ** 2)
    expect(count({ channels: 3 })).toBe(convolutions(3, 64) + 15 * 128 + 6 * 3 + 3)
    expect(count({ width: 4, batchNorm: false })).toBe(convolutions(1, 4) + 3)
    expect(count({ width: 4, batchNorm: false, bias: true })).toBe(convolutions(1, 4) + 3 + 15 * 4 + 1)
  })

  it('prints its table', () => {
    const lines = summary(adnet({ width: 8 }), [1, 1, 20, 30]).split('\n')
    expect(lines).toHaveLength(3 + 3 * 15 + 6 + 2)
    expect([...lines.slice(0, 6), ...lines.slice(-9)].join('\n')).toBe(`\
Layer (type)                        Output Shape       Param #
==============================================================
input (InputLayer)                  (None, 20, 30, 1)        0
conv_1 (Conv2D)                     (None, 20, 30, 8)       72
batch_norm_1 (BatchNormalization)   (None, 20, 30, 8)       16
relu_1 (Activation)                 (None, 20, 30, 8)        0
relu_15 (Activation)                (None, 20, 30, 8)        0
conv_16 (Conv2D)                    (None, 20, 30, 1)       72
concat (Concatenate)                (None, 20, 30, 2)        0
tanh (Activation)                   (None, 20, 30, 2)        0
attention (Conv2D)                  (None, 20, 30, 1)        3
noise (Multiply)                    (None, 20, 30, 1)        0
clean (Subtract)                    (None, 20, 30, 1)        0
==============================================================
Total params: 8,451`)
  })

  it('keeps the size of any image, down to a single pixel and a single column', () => {
    for (const [h, w] of [
      [1, 1],
      [7, 1],
      [1, 6],
      [5, 8],
    ] as const) {
      const summaries = layerSummaries(adnet({ width: 2, channels: 3 }), [2, 3, h, w])
      expect(summaries.at(-1)?.output).toEqual([2, 3, h, w])
    }
  })

  it('sees exactly as far as its receptive radius', () => {
    const model = adnet({ width: 2, batchNorm: false, seed: 3 })
    // Weights above zero, so that no ReLU stops what reaches it.
    const variables = new Map(parametersOf(model).map((variable) => [variable, variable.initial.map(Math.abs)]))
    const size = 61
    const noisy = Float32Array.from({ length: size }, (_, i) => ((i * 37) % 99) / 99)
    const outputOf = (values: Float32Array) =>
      evaluate([model.forward(inputTensor('noisy', [1, 1, 1, size]))], { inputs: { noisy: values }, variables })[0]
        ?.data ?? []
    const [before, after] = [outputOf(noisy), outputOf(noisy.with(30, 5))]
    const distances = Array.from(before, (value, i) => (value === after[i] ? -1 : Math.abs(i - 30)))
    expect(Math.max(...distances)).toBe(model.receptiveRadius)
  })

  for (const options of [{ batchNorm: true }, { batchNorm: false, bias: true, channels: 3 }]) {
    it(`has the gradients of finite differences, on the device too: ${JSON.stringify(options)}`, async () => {
      const model = adnet({ width: 2, seed: 3, ...options })
      const { fromDifferences, onDevice } = await gradientErrors(model, [2, model.channels, 6, 5])
      expect([...fromDifferences.keys()]).toEqual(['noisy', ...parametersOf(model).map(({ name }) => name)])
      for (const [name, error] of fromDifferences) expect(error, name).toBeLessThan(1e-7)
      for (const [name, error] of onDevice) expect(error, name).toBeLessThan(1e-4)
    })
  }

  it('refuses what is no network', () => {
    for (const options of [{ width: 0 }, { width: 2.5 }, { channels: 2 }]) {
      expect(() => adnet(options), JSON.stringify(options)).toThrow(InputError)
    }
  })
})
