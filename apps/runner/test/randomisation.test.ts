import { openDevice } from '@noisescope/core/node'
import {
  type Explainer,
  ExplainSession,
  explainerOf,
  type MapAgreement,
  parameterRandomisation,
  rectangle,
  region,
} from '@noisescope/explain'
import { loadDataset } from '@noisescope/images/node'
import { defaultNoise } from '@noisescope/noise'
import { afterAll, describe, expect, test } from 'vitest'
import { samplesOf } from '../src/samples.ts'
import { loadWeights } from '../src/weights.ts'

const device = await openDevice()
afterAll(() => device[Symbol.dispose]())
const noise = defaultNoise('gaussian')
const trained = await loadWeights({ model: 'autoencoder', dataset: 'mnist', noise: 'gaussian' })
trained.place(device)
const size = { width: 28, height: 28 }
const session = new ExplainSession(device, trained.model, size)
afterAll(() => session[Symbol.dispose]())
const { test: images } = await loadDataset('mnist', {})
const subjects = samplesOf(images, noise, 1, 2).map(({ noisy, clean }) => ({
  noisy: noisy.data,
  clean: clean.data,
  target: region(rectangle(size, 0, 0, 28, 28), 'denoised'),
}))

/** Layer of the maps of methods that have none of the input: the last but one. */
const LAYER = 'conv2d_5'

/** Means over images and draws of the parameters: of the trained network with random ones, and of these with each other. */
async function agreements(explainer: Explainer, map?: string) {
  const found: { trained: MapAgreement; random: MapAgreement }[] = []
  for (const subject of subjects) {
    for (const seed of [0, 1]) {
      const { steps, randomNetworks } = await parameterRandomisation(session, subject, explainer, { seed, map })
      found.push({ trained: steps.at(-1)!, random: randomNetworks })
    }
  }
  const mean = (of: (each: (typeof found)[number]) => number | null): number =>
    found.reduce((total, each) => total + (of(each) ?? Number.NaN) / found.length, 0)
  return {
    signed: mean(({ trained }) => trained.rankCorrelation),
    magnitude: mean(({ trained }) => trained.magnitudeRankCorrelation),
    random: mean(({ random }) => random.magnitudeRankCorrelation),
  }
}

describe('random parameters in the place of trained ones', () => {
  test.each([
    ['input-gradient', {}],
    ['input-times-gradient', {}],
    ['smoothgrad', { samples: 32 }],
    ['integrated-gradients', {}],
    ['noise-path', {}],
    ['fullgrad', { rescale: 'sum', implicit: true }],
    ['smooth-fullgrad', { rescale: 'sum', implicit: true, samples: 8 }],
    ['pixel-filter', {}],
    ['gradcam', {}],
    ['hirescam', {}],
  ])('leave nothing of the map of %s %j', async (name, options) => {
    const { signed } = await agreements(explainerOf(name, options), name.endsWith('cam') ? LAYER : undefined)
    expect(Math.abs(signed)).toBeLessThan(0.2)
  })

  test.each([
    ['input-times-gradient', {}],
    ['integrated-gradients', {}],
    ['noise-path', {}],
    ['fullgrad', {}],
    ['simple-fullgrad', {}],
    ['smooth-fullgrad', { samples: 8 }],
  ])('leave of the magnitudes of %s %j what two networks of random parameters share', async (name, options) => {
    const { magnitude, random } = await agreements(explainerOf(name, options))
    expect(magnitude).toBeGreaterThan(0.2)
    expect(magnitude).toBeLessThan(random + 0.1)
  })

  test('leave all of a map that ignores the network', async () => {
    const ignorant: Explainer = {
      ...explainerOf('occlusion'),
      explain: ({ noisy }) => ({
        maps: [
          {
            name: 'input',
            shape: [28, 28],
            data: noisy.slice(),
            signed: true,
            units: '1',
            range: [-1, 2],
            status: 'ok',
          },
        ],
      }),
    }
    const { signed, magnitude } = await agreements(ignorant)
    expect(signed).toBeCloseTo(1, 12)
    expect(magnitude).toBeCloseTo(1, 12)
  })
})
