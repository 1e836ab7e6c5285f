import { adnet } from '@noisescope/adnet'
import { autoencoder } from '@noisescope/autoencoder'
import { dncnn } from '@noisescope/dncnn'
import { parametersOf } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { parameterRandomisation } from '../src/evaluation/parameter-randomisation.ts'
import { inputGradient } from '../src/explainers/input-gradient.ts'
import {
  type Explainer,
  ExplainSession,
  inputTimesGradient,
  noisePath,
  pixel,
  pixelFilter,
  rectangle,
  region,
} from '../src/index.ts'
import { explainerOf } from './helpers/fixed-explainers.ts'
import { pixelwiseModel } from './helpers/linear-models.ts'
import { numbers, openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 17, height: 15 }
const model = dncnn({ depth: 4, width: 6, seed: 1 })
randomise(device, model)
const subject = { noisy: testImage(size, 1), target: region(rectangle(size, 0, 0, 17, 15), 'residual') }
const layers = ['conv_4', 'batch_norm_3', 'conv_3', 'batch_norm_2', 'conv_2', 'conv_1']

/** Rank correlation that chance gives 255 values, more often than 1 in 1000. */
const CHANCE = 0.21

describe('of a DnCNN', () => {
  test.each([
    ['input gradient', inputGradient()],
    ['pixel filter', pixelFilter()],
  ])('random parameters, layer after layer from the output, destroy the map of %s', async (_, explainer) => {
    using session = new ExplainSession(device, model, size)
    const { original, steps } = await parameterRandomisation(session, subject, explainer)
    expect(steps.map(({ layer }) => layer)).toEqual(layers)
    expect(original.status).toBe('ok')
    const last = steps.at(-1)!
    expect(Math.abs(last.rankCorrelation!), `${last.rankCorrelation}`).toBeLessThan(CHANCE)
    expect(Math.abs(last.magnitudeRankCorrelation!)).toBeLessThan(CHANCE)
    expect(last.ssim).toBeLessThan(0.5)
    expect(steps[0]?.rankCorrelation).toBeLessThan(0.99)
  })

  test('an explainer that ignores the network is caught: its map stays', async () => {
    using session = new ExplainSession(device, model, size)
    const blind = explainerOf(() => numbers(255, 2))
    const { steps, randomNetworks } = await parameterRandomisation(session, subject, blind)
    expect(steps).toHaveLength(layers.length)
    for (const { rankCorrelation, magnitudeRankCorrelation, ssim } of [...steps, randomNetworks]) {
      expect(rankCorrelation).toBeCloseTo(1, 12)
      expect(magnitudeRankCorrelation).toBeCloseTo(1, 12)
      expect(ssim).toBeCloseTo(1, 12)
    }
  })

  test('what every network agrees on, the zeros beyond the receptive field of a pixel, does not count', async () => {
    using session = new ExplainSession(device, model, size)
    const { steps } = await parameterRandomisation(
      session,
      { ...subject, target: pixel(3, 3, 'residual') },
      inputGradient(),
    )
    expect(Math.abs(steps.at(-1)!.rankCorrelation!)).toBeLessThan(2 * CHANCE)
  })

  test('magnitudes keep the brightness of the image, as much between two random networks as with the trained one', async () => {
    using session = new ExplainSession(device, model, size)
    // Half of it dark, so that |g y| is small there whatever g is.
    const noisy = subject.noisy.map((value, i) => (i % size.width < 9 ? 0.01 * value : value))
    const { steps, randomNetworks } = await parameterRandomisation(session, { ...subject, noisy }, inputTimesGradient())
    expect(steps.at(-1)?.magnitudeRankCorrelation).toBeGreaterThan(0.5)
    expect(randomNetworks.magnitudeRankCorrelation).toBeGreaterThan(0.5)
  })

  test('a draw of the present values keeps their distribution, other seeds draw others', async () => {
    using session = new ExplainSession(device, model, size)
    const drawn: Float32Array[][] = []
    const watching: Explainer = {
      ...pixelFilter(),
      explain: async (context, traced) => {
        drawn.push(await device.read(parametersOf(model)))
        return pixelFilter().explain(context, traced)
      },
    }
    const trained = await device.read(parametersOf(model))
    await parameterRandomisation(session, subject, watching, { draw: 'present', seed: 1 })
    await parameterRandomisation(session, subject, watching, { draw: 'present', seed: 2 })
    // The trained network, layer after layer, and another random one.
    const explanations = layers.length + 2
    const [one, other, two] = [layers.length, layers.length + 1, explanations + layers.length].map((i) => drawn[i]!)
    expect(drawn).toHaveLength(2 * explanations)
    expect(other).not.toEqual(one)
    for (const [i, values] of trained.entries()) {
      for (const random of [one, other]) {
        expect(random![i]).not.toEqual(values)
        expect(random![i]!.toSorted()).toEqual(values.toSorted())
      }
    }
    expect(two).not.toEqual(one)
  })

  test('a refined path is made by one rule at each step, the first too', async () => {
    using session = new ExplainSession(device, model, size)
    const withClean = { ...subject, clean: testImage(size, 1, 6) }
    const [refined, rule] = [
      await parameterRandomisation(session, withClean, noisePath()),
      await parameterRandomisation(session, withClean, noisePath({ refine: false, nodes: 32 })),
    ]
    expect(refined).toEqual(rule)
  })
})

describe('the parameters are put back', () => {
  test.each([
    ['at the end', Number.POSITIVE_INFINITY],
    ['when the explainer fails on the way', 3],
  ])('%s', async (_, failsAt) => {
    using session = new ExplainSession(device, model, size)
    const trained = await device.read(parametersOf(model))
    let calls = 0
    const failing: Explainer = {
      ...inputGradient(),
      explain: (context, traced) => {
        calls++
        if (calls >= failsAt) throw new Error('no more')
        return inputGradient().explain(context, traced)
      },
    }
    const cascade = parameterRandomisation(session, subject, failing)
    if (failsAt === 3) await expect(cascade).rejects.toThrow('no more')
    else await cascade
    expect(calls).toBe(Math.min(failsAt, layers.length + 2))
    expect(await device.read(parametersOf(model))).toEqual(trained)
  })
})

describe('a target that holds the noisy image itself is refused', () => {
  test.each([
    ['the denoised image of a network that puts out the noise', dncnn({ depth: 2, width: 4 }), 'denoised'],
    ['the denoised image of one that subtracts the noise itself', adnet({ width: 4 }), 'denoised'],
    ['the residual of one that puts out the clean image', autoencoder(), 'residual'],
  ] as const)('%s', async (_, other, of) => {
    using session = new ExplainSession(device, other, { width: 28, height: 28 })
    const noisy = testImage({ width: 28, height: 28 }, 1)
    await expect(parameterRandomisation(session, { noisy, target: pixel(3, 3, of) }, inputGradient())).rejects.toThrow(
      of === 'denoised' ? /expected a target of the residual/ : /expected a target of the denoised/,
    )
  })

  test('but not the residual of one that subtracts the noise itself', async () => {
    const inner = adnet({ width: 4, seed: 2 })
    using session = new ExplainSession(device, inner, size)
    const { steps } = await parameterRandomisation(session, subject, inputGradient())
    expect(steps[0]?.layer).not.toBe('clean')
    expect(steps.at(-1)?.map.status).toBe('ok')
  })

  test('a network without parameters is refused as well', async () => {
    using session = new ExplainSession(device, pixelwiseModel(), size)
    await expect(parameterRandomisation(session, subject, inputGradient())).rejects.toThrow(/no parameters/)
  })
})
