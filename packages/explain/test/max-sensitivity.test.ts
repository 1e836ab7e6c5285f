import { dncnn } from '@noisescope/dncnn'
import { describe, expect, test } from 'vitest'
import { maxSensitivity } from '../src/evaluation/max-sensitivity.ts'
import { type Explainer, ExplainSession, layerCam, noisePath, pixel, pixelFilter } from '../src/index.ts'
import { explainerOf } from './helpers/fixed-explainers.ts'
import { numbers, openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 13, height: 12 }
const model = dncnn({ depth: 3, width: 4, seed: 1 })
randomise(device, model)
const noisy = testImage(size, 1)
const subject = { noisy, target: pixel(6, 5) }
const pixels = size.width * size.height

test('an explanation that never moves has no sensitivity', async () => {
  using session = new ExplainSession(device, model, size)
  const constant = explainerOf(() => numbers(pixels, 2))
  const found = await maxSensitivity(session, subject, constant)
  expect(found).toEqual({ maxSensitivity: 0, sensitivities: Array(10).fill(0) })
})

test('that of the image itself is the length of what moved it over its own', async () => {
  using session = new ExplainSession(device, model, size)
  const echo = explainerOf((context) => context.noisy)
  const { maxSensitivity: greatest, sensitivities } = await maxSensitivity(session, subject, echo)
  // A uniform draw of +-0.02 has a root mean square of 0.02 / sqrt(3).
  const expected = (0.02 * Math.sqrt(pixels / 3)) / Math.hypot(...noisy)
  for (const each of sensitivities) expect(Math.abs(each / expected - 1)).toBeLessThan(0.2)
  expect(new Set(sensitivities).size).toBe(10)
  expect(greatest).toBe(Math.max(...sensitivities))
  const again = await maxSensitivity(session, subject, echo)
  expect(again.sensitivities).toEqual(sensitivities)
})

test('a network with ReLUs moves its filters a little, and a layer can be asked about', async () => {
  using session = new ExplainSession(device, model, size)
  const filter = await maxSensitivity(session, subject, pixelFilter(), { draws: 3 })
  expect(filter.maxSensitivity).toBeGreaterThan(0)
  expect(filter.maxSensitivity).toBeLessThan(1)
  const layer = await maxSensitivity(session, subject, layerCam(), { draws: 3, map: 'relu_2' })
  expect(layer.maxSensitivity).toBeGreaterThan(0)
})

describe('of a path that is refined', () => {
  const clean = noisy.map((value) => 0.9 * value + 0.02)
  /** How many gradients each explanation took. */
  const watched = (explainer: Explainer, taken: number[]): Explainer => ({
    ...explainer,
    ...(explainer.atFixedCost === undefined ? {} : { atFixedCost: watched(explainer.atFixedCost, taken) }),
    explain: async (context, traced) => {
      const findings = await explainer.explain(context, traced)
      taken.push(findings.values?.evaluations ?? Number.NaN)
      return findings
    },
  })
  const sensitivity = (session: ExplainSession, explainer: Explainer, options = {}) =>
    maxSensitivity(session, { ...subject, clean }, explainer, { draws: 2, ...options })

  test('each takes one rule, unless all are to be refined, and is compared with one made in the same way', async () => {
    using session = new ExplainSession(device, model, size)
    const [fixed, refined]: [number[], number[]] = [[], []]
    const path = noisePath({ gap: 1e-5 })
    const byRule = await sensitivity(session, watched(path, fixed))
    expect(fixed).toEqual([32, 32, 32])
    expect(byRule).toEqual(await sensitivity(session, noisePath({ refine: false, nodes: 32 })))
    const byRefining = await sensitivity(session, watched(path, refined), { fixedCost: false })
    expect(Math.min(...refined)).toBeGreaterThan(32)
    expect(byRule.maxSensitivity! / byRefining.maxSensitivity!).toBeCloseTo(1, 1)
  })

  test('one that was asked for with a rule of its own keeps it', async () => {
    using session = new ExplainSession(device, model, size)
    const taken: number[] = []
    await sensitivity(session, watched(noisePath({ refine: false, nodes: 5 }), taken))
    expect(taken).toEqual([5, 5, 5])
  })
})

test('a map of zeros has none, and draws, radii and maps that do not exist are refused', async () => {
  using session = new ExplainSession(device, model, size)
  const zeros = explainerOf(() => new Float32Array(pixels))
  expect((await maxSensitivity(session, subject, zeros)).maxSensitivity).toBeNull()
  await expect(maxSensitivity(session, subject, zeros, { draws: 0 })).rejects.toThrow(/draws is 0/)
  await expect(maxSensitivity(session, subject, zeros, { radius: 0 })).rejects.toThrow(
    /radius is 0; expected a number above 0/,
  )
  await expect(maxSensitivity(session, subject, zeros, { map: 'relu_9' })).rejects.toThrow(/it has input/)
  await expect(maxSensitivity(session, subject, layerCam())).rejects.toThrow(/name a layer/)
})
