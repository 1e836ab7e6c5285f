import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import type { Model } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { inputGradient } from '../src/explainers/input-gradient.ts'
import { inputTimesGradient } from '../src/explainers/input-times-gradient.ts'
import { ExplainSession, pixel, rectangle, region, type Size } from '../src/index.ts'
import { finiteDifferences } from './helpers/float64.ts'
import { openTestDevice, randomise } from './helpers/subjects.ts'
import { cleanAndNoisy, differencesWithOtherWeights } from './helpers/tiny-models.ts'

const device = await openTestDevice()

const models: [string, Model, Size][] = [
  [
    'a DnCNN of colour images',
    dncnn({ depth: 3, width: 5, channels: 3, bias: 'all', seed: 1 }),
    { width: 13, height: 9 },
  ],
  ['an FFDNet', ffdnet({ depth: 3, width: 5, seed: 1 }), { width: 11, height: 13 }],
]

describe.each(models)('%s', (_, model, size) => {
  randomise(device, model)

  it('has as input gradient and input x gradient what finite differences give', async () => {
    using session = new ExplainSession(device, model, size)
    for (const target of [pixel(6, 5), region(rectangle(size, 3, 4, 5, 3), 'residual')]) {
      const subject = { ...cleanAndNoisy(model, size), target }
      const explanations = await session.explain(subject, [inputGradient(), inputTimesGradient()], { layers: [] })
      const pixels = size.width * size.height
      const near = 5 * size.width + 6
      for (const at of [near, near - 1, near + size.width, near - 2 * size.width + 1, 0]) {
        const channels = Array.from({ length: model.channels }, (_, c) => c * pixels + at)
        const slopes = await finiteDifferences(device, model, size, subject, channels)
        const sizes = slopes.reduce((total, slope) => total + Math.abs(slope), 0)
        const products = slopes.reduce((total, slope, c) => total + slope * subject.noisy[channels[c]!]!, 0)
        expect(explanations[0]?.maps[0]?.data[at]).toBeCloseTo(sizes, 5)
        expect(explanations[1]?.maps[0]?.data[at]).toBeCloseTo(products, 5)
      }
      expect(
        explanations.map(({ maps: [map] }) => [map?.name, map?.shape, map?.signed, map?.units, map?.status]),
      ).toEqual([
        ['input', [size.height, size.width], false, '1', 'ok'],
        ['input', [size.height, size.width], true, 'target', 'ok'],
      ])
    }
  })
})

it('other weights make other maps', async () => {
  const changes = await differencesWithOtherWeights(device, [inputGradient(), inputTimesGradient()])
  expect(Math.min(...Object.values(changes))).toBeGreaterThan(0.3)
})
