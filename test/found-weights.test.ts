import { readFileSync } from 'node:fs'
import { openWeights } from '@noisescope/models'
import { describe, expect, it } from 'vitest'
import { cleaned } from './helpers/cleaned.ts'
import { cropOf, itWithShared, relativeError, SHARED, sharedImage } from './helpers/shared.ts'

const TOLERANCE = 1e-4
const SIGMA = 25 / 255

describe('weights in the conventions of their authors', () => {
  it.each(['noise_map_first_grey', 'noise_map_first_colour', 'ircnn_whole', 'eps_whole'])(
    'make of an image what PyTorch makes of it: %s',
    async (name) => {
      const at = (file: string) => readFileSync(new URL(`fixtures/torch/${file}`, import.meta.url))
      const { channels, size, sigma, noisy, clean } = JSON.parse(at(`${name}.json`).toString()) as {
        channels: number
        size: number
        sigma: number
        noisy: number[]
        clean: number[]
      }
      const trained = await openWeights(at(`${name}.pth`), name)
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
})
