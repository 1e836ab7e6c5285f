import { adnetFromStateDict } from '@noisescope/adnet'
import type { Tensor } from '@noisescope/core'
import type { Taps } from '@noisescope/nn'
import { describe, expect } from 'vitest'
import { cropOf, itWithShared, relativeError, sharedImage, sharedTensors, testDevice } from './helpers/shared.ts'

const TOLERANCE = 1e-4

/** The reference's name of a layer; it has the blocks' ends, so neither their convolutions nor their batch norms. */
const referenceNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`relu_${i + 1}`, `conv1_${i + 1}`])),
  conv_16: 'conv1_16',
  tanh: 'tanh_cat',
  attention: 'attn',
  clean: 'output',
}

describe('ADNet beside PyTorch', () => {
  itWithShared('has the values of every block, of the attention, and of the output', async () => {
    const { model, options, values } = adnetFromStateDict(
      sharedTensors('data/weights/adnet_g25.safetensors'),
      'adnet_g25',
    )
    expect(options).toEqual({ channels: 1, width: 64, bias: false, batchNorm: true })
    const device = await testDevice()
    for (const [variable, data] of values) device.write(variable, data)
    const reference = sharedTensors('data/reference/adnet_g25_crop48_layers.safetensors')
    using program = await device.compile(
      ({ noisy }): Record<string, Tensor> => {
        const taps: Taps = {}
        model.forward(noisy, { taps })
        return taps
      },
      { noisy: [1, 1, 48, 48] },
    )
    const results = await program.run({ noisy: reference.get('input')?.data as Float32Array })
    expect(Object.keys(results).toSorted()).toEqual(model.layers.map(({ name }) => name).toSorted())
    for (const [layer, name] of Object.entries(referenceNames)) {
      expect(relativeError(results[layer], reference.get(name)?.data), `${layer}, ${name}`).toBeLessThan(TOLERANCE)
    }
    expect([...Object.values(referenceNames), 'input'].toSorted()).toEqual([...reference.keys()].toSorted())
    const product = results.attention?.map((weight, i) => weight * (results.conv_16?.[i] as number))
    expect(relativeError(results.noise, product)).toBeLessThan(TOLERANCE)
  })

  itWithShared('cleans the inside of a crop as PyTorch the whole image', async () => {
    const { model, values } = adnetFromStateDict(sharedTensors('data/weights/adnet_g25.safetensors'), 'adnet_g25')
    const device = await testDevice()
    for (const [variable, data] of values) device.write(variable, data)
    const inside = 6
    const radius = model.receptiveRadius ?? 0
    const size = inside + 2 * radius
    const noisy = cropOf(sharedImage('data/reference/set12_01_noisy25.npy'), 100 - radius, size)
    using program = await device.compile(({ noisy }) => ({ clean: model.forward(noisy) }), {
      noisy: [1, 1, size, size],
    })
    const { clean } = await program.run({ noisy })
    const expected = cropOf(sharedImage('data/reference/set12_01_adnet_g25.npy'), 100, inside)
    expect(relativeError(cropOf({ width: size, data: clean }, radius, inside), expected)).toBeLessThan(TOLERANCE)
  })

  itWithShared('is recognised in its other published weights', () => {
    for (const weights of ['adnet_g15', 'adnet_g50']) {
      const { options } = adnetFromStateDict(sharedTensors(`data/weights/${weights}.safetensors`), weights)
      expect(options, weights).toEqual({ channels: 1, width: 64, bias: false, batchNorm: true })
    }
  })
})
