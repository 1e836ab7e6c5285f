/** One training and one explanation of each model: the same numbers on every WebGPU. */

import { adnet } from '@noisescope/adnet'
import { autoencoder } from '@noisescope/autoencoder'
import { add, type Device, fill, meanSquaredErrorLoss, mul, randomTensor } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { ExplainSession, fullGrad, inputTimesGradient, pixel } from '@noisescope/explain'
import { ffdnet } from '@noisescope/ffdnet'
import { adam, constantSchedule, type Model, parametersOf, type TrainingRun, train } from '@noisescope/nn'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDevice } from '#open-device'

/** Networks as small as they get, and what was computed through Dawn on lavapipe. */
const models: readonly (readonly [name: string, build: () => Model, side: number, expected: Numbers])[] = [
  [
    'autoencoder',
    () => autoencoder({ seed: 3 }),
    28,
    {
      losses: [0.044949, 0.056164, 0.11112],
      value: 0.47533,
      maps: { fullgrad: 5.9299e-5, 'input-times-gradient': 5.0428e-5 },
    },
  ],
  [
    'DnCNN',
    () => dncnn({ depth: 4, width: 8, seed: 1 }),
    16,
    {
      losses: [0.010576, 0.010921, 0.0098544],
      value: 0.14148,
      maps: { fullgrad: 0.00057522, 'input-times-gradient': 0.00055065 },
    },
  ],
  [
    'FFDNet',
    () => ffdnet({ depth: 3, width: 8, seed: 1 }),
    16,
    {
      losses: [0.42201, 0.19272, 0.12802],
      value: 0.86564,
      maps: { fullgrad: 0.015266, 'input-times-gradient': 0.015318 },
    },
  ],
  [
    'ADNet',
    () => adnet({ width: 8, seed: 2 }),
    16,
    {
      losses: [0.0097217, 0.010728, 0.0096483],
      value: 0.1444,
      maps: { fullgrad: 0.00057869, 'input-times-gradient': 0.00052465 },
    },
  ],
]

interface Numbers {
  /** Of the steps of the training. */
  readonly losses: readonly number[]
  /** The target that is explained. */
  readonly value: number
  /** The mean magnitude of each method's first map. */
  readonly maps: Readonly<Record<string, number>>
}

/** Adapters sum in other orders; Adam's first steps have one size whatever the gradient, so that trainings carry that on. */
const TOLERANCE = 0.02

const expectNear = (what: string, found: number, expected = Number.NaN): void =>
  expect(Math.abs(found - expected), `${what}: ${found}, expected ${expected}`).toBeLessThan(
    TOLERANCE * Math.abs(expected),
  )

const SIGMA = 0.1
const BATCH = 2
const STEPS = 3

/** A smooth image that differs from image to image. */
const smooth = (side: number, image: number): Float32Array =>
  Float32Array.from(
    { length: side * side },
    (_, i) => 0.5 + 0.3 * Math.sin((i % side) / (3 + image) + Math.floor(i / side) / 2),
  )

const runOf = (device: Device, model: Model, side: number): TrainingRun => ({
  device,
  model,
  optimiser: adam(parametersOf(model)),
  data: {
    count: BATCH,
    shape: [1, side, side],
    batch: (indices) => Float32Array.from(Array.from(indices, (image) => [...smooth(side, image)]).flat()),
  },
  corrupt: (clean, key) => {
    const noise = mul(SIGMA, randomTensor('normal', key, clean.shape))
    return { noisy: add(clean, noise), noise, sigma: fill(SIGMA, [BATCH, 1, 1, 1]) }
  },
  loss: (output, { clean, noise }) => meanSquaredErrorLoss(output, model.output === 'residual' ? noise : clean),
  batchSize: BATCH,
  epochs: STEPS,
  schedule: constantSchedule(0.01),
  seed: 7,
})

describe.each(models)('%s', (_, build, side, expected) => {
  let device: Device
  beforeAll(async () => {
    device = await openDevice()
  })
  afterAll(() => device[Symbol.dispose]())

  it('trains, and explains a pixel of what it has learned', async () => {
    const model = build()
    const losses: number[] = []
    for await (const event of train(runOf(device, model, side))) if (event.kind === 'step') losses.push(event.loss)

    using session = new ExplainSession(device, model, { width: side, height: side })
    const clean = smooth(side, 1)
    const noisy = clean.map((value, i) => value + SIGMA * Math.sin(37 * i * i))
    const subject = { noisy, clean, target: pixel(7, 5), ...(model.takesSigma ? { sigma: SIGMA } : {}) }
    const methods = [fullGrad({ rescale: 'sum' }), inputTimesGradient()]
    const explanations = await session.explain(subject, methods)
    const maps = Object.fromEntries(
      explanations.map(({ method, maps: [map] }) => [
        method,
        Array.from(map?.data ?? [], Math.abs).reduce((a, b) => a + b, 0) / (side * side),
      ]),
    )
    const [whole] = explanations
    expect(whole?.completeness?.relative).toBeLessThan(1e-3)
    const found: Numbers = { losses, value: whole?.value ?? Number.NaN, maps }
    for (const [i, loss] of losses.entries()) expectNear(`loss ${i + 1}`, loss, expected.losses[i])
    expectNear('target', found.value, expected.value)
    for (const [method, size] of Object.entries(found.maps)) expectNear(method, size, expected.maps[method])
  })
})
