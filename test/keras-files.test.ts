import { readFileSync } from 'node:fs'
import { InputError } from '@noisescope/core'
import { openWeights } from '@noisescope/models'
import { describe, expect, it } from 'vitest'
import { cleaned } from './helpers/cleaned.ts'
import { cropOf, itWithShared, relativeError, SHARED, sharedImage } from './helpers/shared.ts'

const TOLERANCE = 1e-4
const SIGMA = 25 / 255

const fixture = (name: string) => readFileSync(new URL(`fixtures/keras/${name}`, import.meta.url))

describe('a denoiser that Keras stored', () => {
  it.each([
    ['whole.h5', 'described, with layers of names of its own and an epsilon of its own'],
    ['own_names.h5', 'listed, with the epsilon that Keras has'],
    ['authors.h5', "as the DnCNN authors' code names its layers, with their epsilon"],
    ['classes.weights.h5', 'by the classes of its layers and in the order of their creation'],
    ['nested.weights.h5', 'within another model'],
    ['float16.h5', 'in float16'],
    ['bfloat16.weights.h5', 'in bfloat16'],
    ['archive.keras', 'in an archive with its description'],
    ['no_scale.keras', 'with batch norm without scale'],
    ['no_offset.keras', 'with batch norm without offset'],
  ])('makes of an image what its values should: %s, %s', async (name) => {
    const { size, noisy, clean } = JSON.parse(fixture(`${name}.json`).toString()) as {
      size: number
      noisy: number[]
      clean: number[]
    }
    const trained = await openWeights(fixture(name), name)
    expect(trained.kind.name).toBe('dncnn-s')
    expect(trained.options).toMatchObject({ depth: 13, width: 4 })
    const found = await cleaned(trained, [1, 1, size, size], Float32Array.from(noisy), 0)
    expect(relativeError(found, clean)).toBeLessThan(TOLERANCE)
  })

  it('is refused where nothing tells which of its variables is missing', async () => {
    const name = 'nothing_tells.weights.h5'
    await expect(openWeights(fixture(name), name)).rejects.toThrow(
      /its layer batch_normalization lacks scale or offset/,
    )
  })
})

it('is refused where one array has names enough to exhaust the memory', async () => {
  const name = 'many_names.h5'
  await expect(openWeights(fixture(name), name)).rejects.toThrow(/its layers have \d+ bytes and more, the file has/)
})

describe('Keras files as people find them', () => {
  itWithShared("the DnCNN authors' model cleans the inside of a crop as PyTorch does with its values", async () => {
    const name = 'cszn_keras_model.h5'
    const trained = await openWeights(readFileSync(new URL(`data/weights-found/${name}`, SHARED)), name)
    expect(trained.kind.name).toBe('dncnn-s')
    expect(trained.options).toMatchObject({ depth: 17, width: 64, bias: 'outer', batchNormEps: 1e-4 })
    const inside = 8
    const radius = trained.model.receptiveRadius ?? 0
    const size = inside + 2 * radius
    const noisy = cropOf(sharedImage('data/reference/set12_04_noisy25.npy'), 100 - radius, size)
    const clean = await cleaned(trained, [1, 1, size, size], noisy, SIGMA)
    const expected = JSON.parse(fixture('cszn_keras_model.json').toString()) as number[]
    expect(relativeError(cropOf({ width: size, data: clean }, radius, inside), expected)).toBeLessThan(TOLERANCE)
  })

  itWithShared('an autoencoder in float16, and one of two models within, are one and the same', async () => {
    const [half, nested] = await Promise.all(
      ['k2_float16.h5', 'k3_enc_dec.weights.h5'].map(async (name) =>
        openWeights(readFileSync(new URL(`cases/weights/${name}`, SHARED)), name),
      ),
    )
    expect(half?.kind.name).toBe('autoencoder')
    expect(nested?.kind.name).toBe('autoencoder')
    const halves = [...(half?.values.values() ?? [])]
    const floats = [...(nested?.values.values() ?? [])]
    expect(floats.length).toBe(14)
    // Rounded to 11 bits.
    for (const [i, values] of floats.entries()) expect(relativeError(halves[i], values)).toBeLessThan(2 ** -11)
  })

  for (const name of [
    'h5-damaged-chunk-gz.h5',
    'h5-damaged-first-chunk.h5',
    'h5-external.h5',
    'h5-vds-hang-2.h5',
    'h5-vds-two.h5',
    'keras-bomb.keras',
  ])
    itWithShared(`of the hostile ones is refused: ${name}`, async () => {
      const bytes = readFileSync(new URL(`cases/hostile/${name}`, SHARED))
      await expect(openWeights(bytes, name)).rejects.toThrow(InputError)
    })
})
