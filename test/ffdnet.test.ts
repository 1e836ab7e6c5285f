import { evaluate, InputError, inputTensor, ShapeError } from '@noisescope/core'
import { ffdnet } from '@noisescope/ffdnet'
import { countParameters, layerSummaries, type Model, parametersOf, summary } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { gradientErrors } from './helpers/gradients.ts'
import { relativeError, testDevice } from './helpers/shared.ts'

/** A picture on 0..1 whose neighbours differ. */
const picture = (count: number) => Float32Array.from({ length: count }, (_, i) => ((i * 37) % 99) / 99)

/** The output in float64 for a noise level that is a number, or a tensor's shape and values. */
function outputOf(
  model: Model,
  noisy: Float32Array,
  shape: number[],
  sigma: number | { shape: number[]; values: number[] },
) {
  const level = typeof sigma === 'number' ? sigma : inputTensor('sigma', sigma.shape)
  const y = model.forward(inputTensor('noisy', shape), { sigma: level })
  const inputs = { noisy, ...(typeof sigma === 'number' ? {} : { sigma: sigma.values }) }
  return evaluate([y], { inputs })[0]?.data ?? new Float64Array()
}

describe('FFDNet', () => {
  it('has the parameters of the published networks: 485,316 for grey and 852,108 for colour', () => {
    expect(countParameters(ffdnet().layers)).toBe(485_316)
    expect(countParameters(ffdnet({ channels: 3 }).layers)).toBe(852_108)
  })

  it('has the parameters of its options', () => {
    const count = (options: Parameters<typeof ffdnet>[0]) => countParameters(ffdnet(options).layers)
    expect(count({ depth: 4, width: 8, bias: 'none' })).toBe(9 * (5 * 8 + 2 * 8 * 8 + 8 * 4))
    expect(count({ depth: 4, width: 8, bias: 'outer', batchNorm: true })).toBe(
      9 * (5 * 8 + 2 * 8 * 8 + 8 * 4) + 8 + 4 + 32,
    )
  })

  it('prints its table', () => {
    expect(summary(ffdnet({ depth: 3, width: 8 }), [1, 1, 41, 30])).toBe(`\
Layer (type)                Output Shape       Param #
======================================================
input (InputLayer)          (None, 41, 30, 1)        0
pad (Padding2D)             (None, 42, 30, 1)        0
unshuffle (PixelUnshuffle)  (None, 21, 15, 4)        0
noise_map (NoiseMap)        (None, 21, 15, 5)        0
conv_1 (Conv2D)             (None, 21, 15, 8)      368
relu_1 (Activation)         (None, 21, 15, 8)        0
conv_2 (Conv2D)             (None, 21, 15, 8)      584
relu_2 (Activation)         (None, 21, 15, 8)        0
conv_3 (Conv2D)             (None, 21, 15, 4)      292
shuffle (PixelShuffle)      (None, 42, 30, 1)        0
crop (Cropping2D)           (None, 41, 30, 1)        0
======================================================
Total params: 1,244`)
  })

  it('keeps the size of any image, down to a single pixel', () => {
    for (const [h, w] of [
      [1, 1],
      [7, 1],
      [2, 5],
      [6, 4],
    ] as const) {
      expect(layerSummaries(ffdnet({ depth: 2, width: 2, channels: 3 }), [2, 3, h, w]).at(-1)?.output).toEqual([
        2,
        3,
        h,
        w,
      ])
    }
  })

  it('cleans an image of odd size as one whose last row and column are repeated', () => {
    const model = ffdnet({ depth: 3, width: 4, seed: 1 })
    const [h, w] = [5, 7]
    const odd = picture(h * w)
    const even = Float32Array.from(
      { length: 6 * 8 },
      (_, i) => odd[Math.min(Math.floor(i / 8), h - 1) * w + Math.min(i % 8, w - 1)] as number,
    )
    const whole = outputOf(model, even, [1, 1, 6, 8], 0.2)
    const expected = Array.from(odd, (_, i) => whole[Math.floor(i / w) * 8 + (i % w)] as number)
    expect([...outputOf(model, odd, [1, 1, h, w], 0.2)]).toEqual(expected)
  })

  it('takes the noise level as a number, one for each image, or one for each pixel', () => {
    const model = ffdnet({ depth: 3, width: 4, seed: 1 })
    const [shape, noisy] = [[2, 1, 4, 5], picture(40)]
    const uniform = [...outputOf(model, noisy, shape, 0.25)]
    const outputs = {
      'a scalar': { shape: [], values: [0.25] },
      'one value': { shape: [1, 1, 1, 1], values: [0.25] },
      'one for each image': { shape: [2, 1, 1, 1], values: [0.25, 0.25] },
      'one map for all': { shape: [1, 1, 4, 5], values: Array(20).fill(0.25) },
      'a map for each': { shape: [2, 1, 4, 5], values: Array(40).fill(0.25) },
    }
    for (const [name, sigma] of Object.entries(outputs))
      expect([...outputOf(model, noisy, shape, sigma)], name).toEqual(uniform)

    const half = (of: number[], image: 0 | 1) => of.slice(20 * image, 20 * image + 20)
    const apart = [...outputOf(model, noisy, shape, { shape: [2, 1, 1, 1], values: [0.25, 0.5] })]
    const other = [...outputOf(model, noisy, shape, 0.5)]
    expect(half(apart, 0)).toEqual(half(uniform, 0))
    expect(half(apart, 1)).toEqual(half(other, 1))
    expect(half(other, 1)).not.toEqual(half(uniform, 1))
  })

  it('tells the network the mean level of each cell of four pixels', () => {
    const taps: Record<string, ReturnType<typeof inputTensor>> = {}
    ffdnet({ depth: 2, width: 2 }).forward(inputTensor('noisy', [1, 1, 2, 4]), {
      sigma: inputTensor('sigma', [1, 1, 2, 4]),
      taps,
    })
    const [map] = evaluate([taps.noise_map as ReturnType<typeof inputTensor>], {
      inputs: { noisy: new Float32Array(8), sigma: [0, 1, 4, 4, 2, 5, 4, 8] },
    })
    expect([...(map?.data ?? [])].slice(-2)).toEqual([2, 5])
  })

  it('sees no farther than its receptive radius, and that far from an even pixel', () => {
    const model = ffdnet({ depth: 3, width: 4, seed: 2 })
    const [shape, noisy] = [[1, 1, 2, 32], picture(64)]
    const before = outputOf(model, noisy, shape, 0.1)
    const reach = [16, 17].map((pixel) => {
      const after = outputOf(model, noisy.with(pixel, 5), shape, 0.1)
      return Math.max(...Array.from(before, (value, i) => (value === after[i] ? 0 : Math.abs((i % 32) - pixel))))
    })
    expect(Math.max(...reach)).toBe(model.receptiveRadius)
  })

  it('runs on the device as in float64, for an odd size and a noise level for each pixel', async () => {
    const device = await testDevice()
    const model = ffdnet({ depth: 3, width: 4, channels: 3, seed: 4 })
    const shape = [2, 3, 5, 7]
    const noisy = picture(210)
    const sigma = Float32Array.from({ length: 70 }, (_, i) => (i % 30) / 100)
    using program = await device.compile(({ noisy, sigma }) => ({ y: model.forward(noisy, { sigma }) }), {
      noisy: shape,
      sigma: [2, 1, 5, 7],
    })
    const { y } = await program.run({ noisy, sigma })
    const expected = outputOf(model, noisy, shape, { shape: [2, 1, 5, 7], values: [...sigma] })
    expect(relativeError(y, expected)).toBeLessThan(1e-5)
  })

  for (const options of [
    { batchNorm: true, bias: 'outer' },
    { batchNorm: false, bias: 'all' },
  ] as const) {
    it(`has the gradients of finite differences, on the device too, for an odd size: ${JSON.stringify(options)}`, async () => {
      const model = ffdnet({ depth: 4, width: 3, seed: 3, ...options })
      const sigma = { shape: [2, 1, 1, 1], values: Float32Array.of(0.1, 0.25) }
      const { fromDifferences, onDevice } = await gradientErrors(model, [2, 1, 7, 6], sigma)
      expect([...fromDifferences.keys()]).toEqual(['noisy', ...parametersOf(model).map(({ name }) => name)])
      for (const [name, error] of fromDifferences) expect(error, name).toBeLessThan(1e-7)
      for (const [name, error] of onDevice) expect(error, name).toBeLessThan(1e-4)
    })
  }

  it('refuses to guess the noise level, and levels that do not fit', () => {
    const model = ffdnet({ depth: 2, width: 2 })
    const noisy = inputTensor('noisy', [2, 1, 4, 4])
    expect(() => model.forward(noisy)).toThrow(
      new InputError('FFDNet was given no noise level; expected sigma on the 0..1 scale in the forward options'),
    )
    for (const shape of [[3, 1, 1, 1], [2, 3, 4, 4], [2, 1, 8, 4], [4, 4], [2]]) {
      expect(() => model.forward(noisy, { sigma: inputTensor('sigma', shape) }), shape.join('x')).toThrow(ShapeError)
    }
  })

  it('refuses what is no network', () => {
    for (const options of [{ depth: 1 }, { depth: 2.5 }, { width: 0 }, { channels: 2 }]) {
      expect(() => ffdnet(options), JSON.stringify(options)).toThrow(InputError)
    }
  })
})
