import { type Device, sub } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { readTrace, writeTrace } from '@noisescope/explain/trace'
import { createImage, crop, type Image, imageAt } from '@noisescope/images'
import { loadDataset, loadPhotographs } from '@noisescope/images/node'
import { openWeights, type StoredModel } from '@noisescope/models'
import { applyNoise, imageKey, type Noise } from '@noisescope/noise'
import { expect, test } from 'vitest'
import { largestDifference, never, openSource, shipped, small, square } from './helpers.ts'

const withNoise = (clean: Image, noise: Noise, seed: number, index: number): Image =>
  createImage(clean.width, clean.height, clean.channels, applyNoise(clean.data, noise, imageKey(seed, index)).noisy)

/** The model's output by a program of its own. */
async function denoised(device: Device, { model, place }: StoredModel, { width, height, data }: Image) {
  place(device)
  using program = await device.compile(
    ({ noisy }) => ({ clean: model.output === 'clean' ? model.forward(noisy) : sub(noisy, model.forward(noisy)) }),
    { noisy: [1, 1, height, width] },
  )
  return (await program.run({ noisy: data })).clean
}

test('an image of a data set has the command line’s noise, and the autoencoder makes of it what it makes there', async () => {
  const { test: images } = await loadDataset('fashion-mnist')
  const clean = imageAt(images, 5)
  const noise = { kind: 'salt-and-pepper', amount: 0.1 } as const
  const weights = await shipped('autoencoder-fashion-mnist-salt-and-pepper')
  const source = await openSource({ weights, image: { ...clean, name: 'image 5', index: 5 }, seed: 3 })
  const noisy = withNoise(clean, noise, 3, 5)
  expect(source.trace.images.noisy.data).toEqual(noisy.data)
  expect(source.trace.images.clean?.data).toEqual(clean.data)
  expect(source.trace.source).toMatchObject({ name: 'image 5', seed: 3, noise: { settings: noise } })
  expect(source.controls.noise).toEqual({ ...noise, seed: 3 })

  using device = await openDevice()
  const expected = await denoised(device, await openWeights(weights.bytes, weights.name), noisy)
  expect(largestDifference(source.trace.frames[0].denoised?.data ?? new Float32Array(), expected)).toBeLessThan(1e-4)
})

test('of a photograph the middle is looked into, with the noise of the whole, and the DnCNN makes of it what it makes of that part', async () => {
  const { images } = await loadPhotographs()
  const { image: clean, name } = images.at(-1)!
  const weights = await shipped('dncnn-compact')
  const source = await openSource({ weights, image: { ...clean, name } })
  const [left, top] = [(clean.width - 96) >> 1, (clean.height - 96) >> 1]
  const noisy = crop(withNoise(clean, { kind: 'gaussian', sd: 25 / 255 }, 1, 0), left, top, 96, 96)
  expect(source.trace.images.noisy.data).toEqual(noisy.data)
  expect(source.trace.source.name).toBe(
    `${name} (96x96 of its ${clean.width}x${clean.height} pixels, from ${left},${top} on)`,
  )
  expect(source.trace.source.sigma).toBeCloseTo(25 / 255, 6)

  using device = await openDevice()
  const expected = await denoised(device, await openWeights(weights.bytes, weights.name), noisy)
  const [{ denoised: output, scores }] = source.trace.frames
  expect(largestDifference(output?.data ?? new Float32Array(), expected)).toBeLessThan(1e-4)
  const difference = output!.data.map(
    (value, i) => Math.min(Math.max(value, 0), 1) - source.trace.images.clean!.data[i]!,
  )
  const psnr = -10 * Math.log10(difference.reduce((sum, value) => sum + value ** 2, 0) / difference.length)
  expect(scores.find(({ name: each }) => each === 'PSNR')?.value).toBeCloseTo(psnr, 3)
  expect(psnr).toBeGreaterThan(23)
})

test('a trace holds images, residual, error, every activation and scores, and can be written and read', async () => {
  const source = await openSource({ weights: small, image: square(20, 17), noise: { kind: 'gaussian', sd: 0.1 } })
  const trace = readTrace(writeTrace(source.trace, { activations: 'float32' }), 'the trace')
  const [{ activations, residual, error, denoised: output, scores }] = trace.frames
  expect(activations.map(({ layer }) => layer)).toEqual(trace.model.layers.map(({ name }) => name))
  expect(trace.model.layers[0]?.shape).toEqual([4, 17, 20])
  const { noisy, clean, noise } = trace.images
  const of = (tensor: { data: Float32Array } | undefined): Float32Array => tensor?.data ?? new Float32Array()
  expect(of(residual)).toEqual(of(noisy).map((value, i) => value - of(output)[i]!))
  expect(of(error)).toEqual(of(output).map((value, i) => value - of(clean)[i]!))
  expect(of(noise)).toEqual(of(noisy).map((value, i) => value - of(clean)[i]!))
  expect(scores.map(({ name }) => name)).toEqual(expect.arrayContaining(['PSNR', 'SSIM', 'F1', 'removal gain']))
})

test('a pixel filter adds up to its pixel, its row sum is the sum of its map, and the frame keeps it', async () => {
  const weights = await shipped('autoencoder-mnist-salt-and-pepper')
  const source = await openSource({ weights, image: square(28, 28) })
  const question = { method: 'pixel-filter', target: { kind: 'pixel', x: 14, y: 12 }, of: 'denoised' } as const
  const filter = await source.explain(question, never)
  expect(filter.target).toMatchObject({ kind: 'pixel', of: 'denoised', numbers: { x: 14, y: 12 } })
  expect(filter.completeness?.relative).toBeLessThan(1e-4)
  const [map] = filter.maps
  expect(filter.values.rowSum).toBeCloseTo(
    map!.data.reduce((sum, value) => sum + value, 0),
    5,
  )
  expect(filter.value).toBeCloseTo(source.trace.frames[0].denoised!.data[12 * 28 + 14]!, 5)
  expect(source.trace.frames[0].explanations).toEqual([filter])
  expect(source.trace.frames[0].scores.at(-1)?.name).toBe('attribution on noise, Pixel filter')
  expect(await source.explain(question, never)).toBe(filter)
  expect(source.trace.frames[0].explanations).toHaveLength(1)
})

test('regions and channels can be asked about, of the residual too, and each layer gets its map', async () => {
  const source = await openSource({ weights: small, image: square(20, 17), noise: { kind: 'gaussian', sd: 0.1 } })
  const mask = new Float32Array(340)
  mask.fill(1, 40, 45).fill(0.4, 45, 60)
  const region = await source.explain({ method: 'layercam', target: { kind: 'region', mask }, of: 'residual' }, never)
  const residual = source.trace.frames[0].residual!.data
  expect(region.value).toBeCloseTo(
    residual.slice(40, 45).reduce((sum, value) => sum + value, 0),
    5,
  )
  expect(region.maps.map(({ name }) => name)).toEqual(['relu_1', 'relu_2'])

  const [layer] = source.trace.frames[0].activations
  const target = { kind: 'channel', layer: layer!.layer, channel: 2, x: 3, y: 4 } as const
  const channel = await source.explain({ method: 'input-gradient', target, of: 'denoised' }, never)
  expect(channel.value).toBeCloseTo(layer!.data[(2 * 17 + 4) * 20 + 3]!, 5)
})

test('methods are those of the catalogue; those that need the clean image only where it is known', async () => {
  const known = await openSource({ weights: small, image: square(8, 8), noise: { kind: 'gaussian', sd: 0.1 } })
  const names = known.methods.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['layercam', 'fullgrad', 'pixel-filter', 'noise-path']))

  const unknown = await openSource({ weights: small, image: square(8, 8), noise: { kind: 'none' } })
  const fewer = unknown.methods.map(({ name }) => name)
  expect(names.filter((name) => !fewer.includes(name))).toEqual(['noise-path', 'block-intervention'])
  await expect(
    unknown.explain({ method: 'noise-path', target: { kind: 'pixel', x: 3, y: 3 }, of: 'denoised' }, never),
  ).rejects.toThrow('starts from the clean image, which is not given')
})

test('a part of an image has the noise that the whole has there, wherever it begins', async () => {
  for (const [left, top] of [
    [300, 200],
    [301, 203],
  ] as const) {
    const image = { ...square(700, 501), part: { left, top, width: 12, height: 9 } }
    for (const noise of [
      { kind: 'gaussian', sd: 0.1 },
      { kind: 'salt-and-pepper', amount: 0.3 },
    ] as const) {
      const { trace } = await openSource({ weights: small, image, noise, seed: 4 })
      expect(trace.images.clean?.data).toEqual(crop(image, left, top, 12, 9).data)
      expect(trace.images.noisy.data).toEqual(crop(withNoise(image, noise, 4, 0), left, top, 12, 9).data)
    }
  }
})

test('an image that comes with its noise has no clean image, no scores, and no noise of ours', async () => {
  const image = square(8, 8)
  const { trace } = await openSource({ weights: small, image, noise: { kind: 'none' } })
  expect(trace.images).toEqual({ noisy: { shape: [1, 8, 8], data: image.data } })
  expect(trace.source.noise).toBeUndefined()
  expect(trace.frames[0].scores).toEqual([])
})

test('a colour photograph is given to a grey model as its luma', async () => {
  const colour = { name: 'red', width: 6, height: 5, channels: 3 as const, data: new Float32Array(90).fill(1, 0, 30) }
  const { trace } = await openSource({ weights: small, image: colour, noise: { kind: 'none' } })
  expect(trace.images.noisy.shape).toEqual([1, 5, 6])
  expect(trace.images.noisy.data.every((value) => Math.abs(value - 0.299) < 1e-6)).toBe(true)
})
