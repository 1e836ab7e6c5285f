import { InputError } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type LiveImage, type LiveSource, type LiveSourceOptions, openLiveSource } from '../../src/live-engine/index.ts'
import { never, openSource, shipped, small, square, untrained } from './helpers.ts'

const noise = { kind: 'gaussian', sd: 0.1 } as const
const image = square(8, 8)
const changed = (index: number, value: number): LiveImage => ({ ...image, data: image.data.with(index, value) })
const ffdnet = untrained('ffdnet', { depth: 3, width: 4 })

const refused: readonly [what: string, options: Partial<LiveSourceOptions>, message: string][] = [
  ['NaN', { image: changed(10, Number.NaN) }, 'square has the value NaN at channel 0, x 2, y 1; expected finite'],
  ['bytes', { image: changed(10, 200) }, 'square has the value 200 at channel 0, x 2, y 1'],
  ['two channels', { image: { ...image, channels: 2 as 1 } }, 'has 2 channels; expected 1 (grey) or 3'],
  ['too few values', { image: { ...image, width: 9 } }, '64 values do not make a 9x8 image'],
  ['no pixels', { image: { ...image, width: 0, data: new Float32Array() } }, 'cannot be 0x8'],
  ['a part outside', { image: { ...image, part: { left: 4, top: 0, width: 8, height: 8 } } }, 'does not lie within'],
  ['a fraction of an index', { image: { ...image, index: 0.5 } }, 'not usable'],
  ['noise too strong', { noise: { kind: 'gaussian', sd: 25 } }, 'images are on 0..1'],
  ['a seed below zero', { seed: -1 }, 'seed -1'],
  ['a level of 255', { sigma: 25 }, 'sigma is 25; expected 0 to 1'],
  ['another model', { model: 'ffdnet' }, 'holds weights of the model dncnn-s, not of ffdnet'],
  ['no weights', { weights: { bytes: new Uint8Array(9), name: 'nine.bin' } }, 'nine.bin holds no weights'],
]

test.each(refused)('%s is refused in words before any device is opened', async (_, options, message) => {
  const open = vi.fn(() => Promise.reject(new Error('opened')))
  const opening = openLiveSource({ weights: small, image, noise, open, ...options })
  await expect(opening).rejects.toThrow(message)
  await expect(opening).rejects.toBeInstanceOf(InputError)
  expect(open).not.toHaveBeenCalled()
})

test('a single pixel is too small for a model of tiles, and no trouble for one of photographs', async () => {
  const weights = await shipped('autoencoder-mnist-salt-and-pepper')
  await expect(openSource({ weights, image: square(1, 1) })).rejects.toThrow(
    'the autoencoder takes images of 28x28 pixels; of square there are 1x1: give a larger one',
  )
  const { trace } = await openSource({ weights: small, image: square(1, 1), noise })
  expect(trace.frames[0].denoised?.shape).toEqual([1, 1, 1])
})

test('the level of an image that comes noisy is estimated for a model that is told it, but not from a single line', async () => {
  const noise = { kind: 'none' } as const
  const grainy = { ...image, data: image.data.map((value, i) => value + ((i * i) % 7) / 50) }
  const { trace } = await openSource({ weights: ffdnet, image: grainy, noise })
  expect(trace.source.sigma).toBeGreaterThan(0)
  await expect(openSource({ weights: ffdnet, image: square(8, 1), noise })).rejects.toThrow(
    'the ffdnet must be told the noise level, which 8x1 pixels do not show; give sigma, 0 to 1',
  )
})

test('weights that are finite and make infinity are refused', async () => {
  const weights = untrained('dncnn-s', { depth: 4, width: 4, batchNorm: false }, () => 1e30)
  await expect(openSource({ weights, image, noise })).rejects.toThrow('the weights make NaN or infinity of square')
})

test('opening is given up when its signal says so', async () => {
  const controller = new AbortController()
  const opening = openSource({ weights: small, image, noise, signal: controller.signal })
  controller.abort(new Error('gone'))
  await expect(opening).rejects.toThrow('gone')
})

test('where there is no WebGPU, opening says so', async () => {
  await expect(openLiveSource({ weights: small, image, noise })).rejects.toMatchObject({ name: 'AdapterError' })
})

let source: LiveSource
beforeAll(async () => {
  source = await openLiveSource({ weights: small, image, noise, open: openDevice })
})
afterAll(() => source.dispose())

test.each([
  ['a pixel outside', { kind: 'pixel', x: 8, y: 0 }, 'pixel 8,0 is not in the image of 8x8'],
  ['an empty region', { kind: 'region', mask: new Float32Array(64) }, 'the region is empty'],
  ['a region of another size', { kind: 'region', mask: new Float32Array(9) }, 'the region has 9 weights; expected 64'],
  ['an unknown layer', { kind: 'channel', layer: 'conv_9', channel: 0 }, 'has no layer conv_9'],
  ['an unknown channel', { kind: 'channel', layer: 'conv_1', channel: 4 }, 'conv_1 has no channel 4'],
] as const)('%s cannot be asked about', async (_, target, message) => {
  const explanation = source.explain({ method: 'layercam', target, of: 'denoised' }, never)
  await expect(explanation).rejects.toThrow(message)
})

test('what cannot be shown changes nothing', async () => {
  const { controls, trace } = source
  await expect(controls.setNoise({ kind: 'gaussian', sd: 25 }, never)).rejects.toThrow('images are on 0..1')
  await expect(controls.setImage(changed(3, Number.NaN), never)).rejects.toThrow('square has the value NaN')
  await expect(controls.setSigma(-1, never)).rejects.toThrow('sigma is -1')
  await expect(controls.brushNoise(new Float32Array(3), noise, never)).rejects.toThrow('the brush has 3 weights')
  await expect(controls.brushNoise(new Float32Array(64).fill(2), noise, never)).rejects.toThrow('has the weight 2')
  expect(source.trace).toBe(trace)
  expect(controls.noise).toMatchObject(noise)
  await source.explain({ method: 'pixel-filter', target: { kind: 'pixel', x: 1, y: 1 }, of: 'denoised' }, never)
})
