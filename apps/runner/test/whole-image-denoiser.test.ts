import { adnet } from '@noisescope/adnet'
import { openDevice } from '@noisescope/core/node'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { createImage, type Image } from '@noisescope/images'
import { type Model, variablesOf } from '@noisescope/nn'
import { expect, test } from 'vitest'
import { WholeImageDenoiser } from '../src/whole-image-denoiser.ts'

/** Pixels of the tiles in these tests. */
const SMALL = 900

const picture = (width: number, height: number, channels: 1 | 3 = 1): Image =>
  createImage(
    width,
    height,
    channels,
    Float32Array.from({ length: width * height * channels }, (_, i) => 0.5 + 0.4 * Math.sin(0.37 * i + (i % 7))),
  )

/** A model whose biases are not 0 either, so that edges show. */
async function using<Result>(model: Model, use: (denoiser: WholeImageDenoiser) => Promise<Result>): Promise<Result> {
  using device = await openDevice()
  for (const variable of variablesOf(model)) {
    device.write(
      variable,
      Float32Array.from(variable.initial, (value, i) => value + 0.05 * Math.cos(i)),
    )
  }
  using denoiser = new WholeImageDenoiser(device, model)
  return await use(denoiser)
}

const largestDifference = (a: Image, b: Image): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] as number))), 0)

test.each([
  ['dncnn', () => dncnn({ depth: 3, width: 4, bias: 'all', batchNorm: false }), 61, 47],
  ['ffdnet, of odd sizes', () => ffdnet({ depth: 2, width: 4 }), 61, 47],
])('tiles of a %s are the whole image’s output', async (_, build, width, height) => {
  await using(build(), async (denoiser) => {
    const image = picture(width, height)
    const whole = await denoiser.denoise(image, { sigma: 0.1 })
    const steps: number[] = []
    const onProgress = (_: number, total: number) => steps.push(total)
    const tiled = await denoiser.denoise(image, { sigma: 0.1, maximumPixels: SMALL, onProgress })
    expect(steps.length).toBeGreaterThan(3)
    expect(largestDifference(tiled, whole)).toBeLessThan(1e-6)
    expect(largestDifference(whole, image)).toBeGreaterThan(0.01)
  })
})

test('a grey model takes each channel of a colour image as a grey image', async () => {
  await using(dncnn({ depth: 2, width: 3, batchNorm: false }), async (denoiser) => {
    const colour = picture(9, 7, 3)
    const denoised = await denoiser.denoise(colour)
    expect(denoised).toMatchObject({ width: 9, height: 7, channels: 3 })
    const green = await denoiser.denoise(createImage(9, 7, 1, colour.data.slice(63, 126)))
    expect(denoised.data.slice(63, 126)).toEqual(green.data)
  })
})

test('a colour model takes a grey image as three equal channels and gives their mean', async () => {
  await using(dncnn({ depth: 2, width: 3, channels: 3, batchNorm: false }), async (denoiser) => {
    const grey = picture(6, 5)
    const denoised = await denoiser.denoise(grey)
    expect(denoised).toMatchObject({ width: 6, height: 5, channels: 1 })
    const repeated = createImage(
      6,
      5,
      3,
      Float32Array.from({ length: 90 }, (_, i) => grey.data[i % 30] as number),
    )
    const colour = await denoiser.denoise(repeated)
    const mean = (colour.data[4]! + colour.data[34]! + colour.data[64]!) / 3
    expect(denoised.data[4]).toBeCloseTo(mean, 6)
  })
})

test.each([
  ['dncnn', () => dncnn({ depth: 2, width: 3 })],
  ['ffdnet', () => ffdnet({ depth: 2, width: 3 })],
  ['adnet', () => adnet({ width: 2 })],
])('an image that is a single line, or a single pixel, goes through a %s', async (_, build) => {
  await using(build(), async (denoiser) => {
    for (const [width, height] of [
      [1, 5],
      [4, 1],
      [1, 1],
    ] as const) {
      const { data, ...size } = await denoiser.denoise(picture(width, height), { sigma: 0.1 })
      expect(size).toEqual({ width, height, channels: 1 })
      expect(data.every(Number.isFinite)).toBe(true)
    }
  })
})

test('a model that must be told the noise level asks for it', async () => {
  await using(ffdnet({ depth: 2, width: 3 }), async (denoiser) => {
    await expect(denoiser.denoise(picture(4, 4))).rejects.toThrow(/ffdnet must be told the noise level.*--noise-level/)
  })
})
