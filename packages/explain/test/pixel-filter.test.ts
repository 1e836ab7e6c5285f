import { adnet } from '@noisescope/adnet'
import { autoencoder } from '@noisescope/autoencoder'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import type { Model } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { ExplainSession, pixel, pixelFilter, rectangle, region, removed, type Target } from '../src/index.ts'
import { pixelwiseModel } from './helpers/linear-models.ts'
import { openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()

const models: [string, Model, { width: number; height: number }][] = [
  ['autoencoder', autoencoder({ seed: 3 }), { width: 28, height: 28 }],
  ['DnCNN', dncnn({ depth: 5, width: 6, seed: 1 }), { width: 17, height: 14 }],
  ['FFDNet', ffdnet({ depth: 4, width: 6, seed: 1 }), { width: 15, height: 12 }],
  ['ADNet', adnet({ width: 4, seed: 2 }), { width: 14, height: 13 }],
]

const targets: [string, (size: { width: number; height: number }) => Target][] = [
  ['a pixel', () => pixel(7, 5)],
  ['a pixel of the residual', () => pixel(7, 5, 'residual')],
  ['a region', (size) => region(rectangle(size, 2, 3, 5, 4))],
  ['what is removed', (size) => removed(rectangle(size, 2, 3, 5, 4))],
]

describe.each(models)('%s', (_, model, size) => {
  randomise(device, model)
  test.each(targets)('the filter of %s and its biases add up to it', async (_, targetOf) => {
    using session = new ExplainSession(device, model, size)
    const noisy = testImage(size, model.channels)
    const sigma = model.takesSigma ? 0.1 : undefined
    const [filter] = await session.explain({ noisy, sigma, target: targetOf(size) }, [pixelFilter()], { layers: [] })
    expect(filter?.maps[0]?.status).toBe('ok')
    expect(filter?.completeness?.relative).toBeLessThan(1e-4)
  })
})

test.each([
  [0.5, 4],
  [0.01, 0],
])(
  'a filter of one weight %f averages over %i pixels, which is none where it hardly answers',
  async (weight, pixels) => {
    const size = { width: 13, height: 11 }
    using session = new ExplainSession(device, pixelwiseModel(weight), size)
    const subject = { noisy: testImage(size, 1), target: pixel(6, 5) }
    const [filter] = await session.explain(subject, [pixelFilter()], { layers: [] })
    expect(filter?.values?.rowSum).toBeCloseTo(weight, 6)
    expect(filter?.values?.effectivePixels).toBeCloseTo(pixels, 4)
  },
)
