import { readFileSync } from 'node:fs'
import { openWeights } from '@noisescope/models'
import { describe, expect, it } from 'vitest'
import { cleaned } from './helpers/cleaned.ts'
import { cropOf, itWithShared, relativeError, SHARED, sharedImage } from './helpers/shared.ts'

const TOLERANCE = 1e-4
const SIGMA = 25 / 255

/** Networks, and in which folder of fixtures: a network of several behind #. */
const NETWORKS = {
  torch: ['noise_map_first_grey.pth', 'noise_map_first_colour.pth', 'ircnn_whole.pth', 'eps_whole.pth'],
  matconvnet: ['dncnn.mat', 'dncnn_batch_norm.mat', 'ffdnet_grey.mat', 'ffdnet_colour.mat', 'ircnn_of_three.mat#2'],
}

describe('weights in the conventions of their authors', () => {
  it.each(Object.entries(NETWORKS).flatMap(([folder, files]) => files.map((file) => `${folder}/${file}`)))(
    'make of an image what PyTorch or MatConvNet makes of it: %s',
    async (name) => {
      const at = (file: string) => readFileSync(new URL(`fixtures/${file}`, import.meta.url))
      const [file = '', network] = name.split('#')
      const { channels, size, sigma, noisy, clean } = JSON.parse(at(file.replace(/\w+$/, 'json')).toString()) as {
        channels: number
        size: number
        sigma: number
        noisy: number[]
        clean: number[]
      }
      const trained = await openWeights(at(file), file, { network })
      const found = await cleaned(trained, [1, channels, size, size], Float32Array.from(noisy), sigma)
      expect(relativeError(found, clean)).toBeLessThan(TOLERANCE)
    },
  )
})

describe('files of weights as people find them', () => {
  const files = {
    'cszn_model.pth': ['dncnn_authors_pytorch', 'dncnn-s', { batchNormEps: 1e-4 }],
    'tassano_gray.pth': ['ffdnet_noise_map_first', 'ffdnet', { output: 'residual' }],
  } as const
  for (const [file, [reference, name, options]] of Object.entries(files)) {
    itWithShared(`clean the inside of a crop as PyTorch the whole image: ${file}`, async () => {
      const trained = await openWeights(readFileSync(new URL(`data/weights-found/${file}`, SHARED)), file)
      expect(trained.kind.name).toBe(name)
      expect(trained.options).toMatchObject(options)
      const inside = 8
      const radius = 2 * Math.ceil((trained.model.receptiveRadius ?? 0) / 2)
      const size = inside + 2 * radius
      const noisy = cropOf(sharedImage('data/reference/set12_04_noisy25.npy'), 100 - radius, size)
      const clean = await cleaned(trained, [1, 1, size, size], noisy, SIGMA)
      const expected = cropOf(sharedImage(`data/reference/set12_04_${reference}.npy`), 100, inside)
      expect(relativeError(cropOf({ width: size, data: clean }, radius, inside), expected)).toBeLessThan(TOLERANCE)
    })
  }

  itWithShared('have the values that h5py reads in a MATLAB file of version 7.3: DnCNN3.mat', async () => {
    const file = readFileSync(new URL('data/weights-found/DnCNN3.mat', SHARED))
    const { kind, options, values, format } = await openWeights(file, 'DnCNN3.mat')
    expect(format).toBe('matconvnet')
    expect(kind.name).toBe('dncnn-b')
    expect(options).toEqual({ depth: 20, width: 64, channels: 1, bias: 'all', batchNorm: false })
    const first = new Map([...values].map(([{ name }, data]) => [name, [...data.subarray(0, 3)]]))
    const close = (name: string, expected: readonly number[]) =>
      expect(relativeError(first.get(name), expected), name).toBeLessThan(1e-6)
    close('conv_1.weight', [-4.4196011e-9, -1.0406524e-8, -1.5849199e-8])
    close('conv_2.weight', [-1.52698149e-7, 1.11013684e-7, -9.84298794e-8])
    close('conv_20.weight', [-1.9222496e-7, -2.66191797e-8, 1.0269175e-7])
    close('conv_1.bias', [-0.01187625, 0.07233296, -0.02294439])
  })
})
