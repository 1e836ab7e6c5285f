import type { Tensor } from '@noisescope/core'
import { ffdnetFromStateDict } from '@noisescope/ffdnet'
import type { Taps } from '@noisescope/nn'
import { describe, expect } from 'vitest'
import { cropOf, itWithShared, relativeError, sharedImage, sharedTensors, testDevice } from './helpers/shared.ts'

const TOLERANCE = 1e-4
const SIGMA = 25 / 255
const LAYERS = 'data/reference/ffdnet_gray_crop48_layers.safetensors'

const grey = () => ffdnetFromStateDict(sharedTensors('data/weights/FFDNet_gray.safetensors'), 'FFDNet_gray')

/** The reference's name of a layer: PyTorch numbers convolutions and activations through. */
function referenceName(layer: string): string {
  const [, kind, number] = /^(conv|relu)_(\d+)$/.exec(layer) ?? []
  if (kind !== undefined) return `model.${2 * (Number(number) - 1) + (kind === 'relu' ? 1 : 0)}`
  return { pad: 'input', noise_map: 'unshuffled+sigma', shuffle: 'output', crop: 'output' }[layer] ?? layer
}

describe('FFDNet beside PyTorch', () => {
  itWithShared('has the values of every layer', async () => {
    const { model, options, values } = grey()
    expect(options).toEqual({ depth: 15, width: 64, channels: 1, bias: 'all', batchNorm: false })
    const device = await testDevice()
    for (const [variable, data] of values) device.write(variable, data)
    const reference = sharedTensors(LAYERS)
    using program = await device.compile(
      ({ noisy }): Record<string, Tensor> => {
        const taps: Taps = {}
        model.forward(noisy, { taps, sigma: SIGMA })
        return taps
      },
      { noisy: [1, 1, 48, 48] },
    )
    const results = await program.run({ noisy: reference.get('input')?.data as Float32Array })
    expect(Object.keys(results)).toEqual(model.layers.map(({ name }) => name))
    const compared = new Set(['input'])
    for (const [layer, values] of Object.entries(results)) {
      if (layer === 'unshuffle') continue
      const name = referenceName(layer)
      compared.add(name)
      expect(relativeError(values, reference.get(name)?.data), `${layer}, ${name}`).toBeLessThan(TOLERANCE)
    }
    expect([...compared].toSorted()).toEqual([...reference.keys()].toSorted())
  })

  itWithShared('cleans the inside of a crop as PyTorch the whole image', async () => {
    const { model, values } = grey()
    const device = await testDevice()
    for (const [variable, data] of values) device.write(variable, data)
    const inside = 6
    // Cells of 2 x 2 pixels must lie as in the whole image.
    const margin = (model.receptiveRadius ?? 0) + 1
    const size = inside + 2 * margin
    const noisy = cropOf(sharedImage('data/reference/set12_01_noisy25.npy'), 100 - margin, size)
    using program = await device.compile(({ noisy }) => ({ clean: model.forward(noisy, { sigma: SIGMA }) }), {
      noisy: [1, 1, size, size],
    })
    const { clean } = await program.run({ noisy })
    const expected = cropOf(sharedImage('data/reference/set12_01_FFDNet_gray.npy'), 100, inside)
    expect(relativeError(cropOf({ width: size, data: clean }, margin, inside), expected)).toBeLessThan(TOLERANCE)
  })

  itWithShared('is recognised in the published colour weights', () => {
    const { options } = ffdnetFromStateDict(sharedTensors('data/weights/FFDNet_color.safetensors'), 'FFDNet_color')
    expect(options).toEqual({ depth: 12, width: 96, channels: 3, bias: 'all', batchNorm: false })
  })
})
