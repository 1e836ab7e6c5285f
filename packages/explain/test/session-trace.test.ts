import { dncnn } from '@noisescope/dncnn'
import { expect, it } from 'vitest'
import {
  channel,
  ExplainSession,
  fullGrad,
  pixel,
  pixelFilter,
  region,
  sessionTrace,
  smoothGrad,
  traceFrame,
} from '../src/index.ts'
import { rectangle } from '../src/masks.ts'
import { readTrace, writeTrace } from '../src/trace/index.ts'
import { openTestDevice } from './helpers/subjects.ts'
import { cleanAndNoisy, liven, otherWeights, tinyModels } from './helpers/tiny-models.ts'

const device = await openTestDevice()
const about = { createdBy: 'a test', source: { name: 'waves' } }

const difference = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]!)

it.each(tinyModels())(
  'a trace of the %s is read back with the images, layers and explanations of its session',
  async (name, model, size) => {
    liven(device, model)
    using session = new ExplainSession(device, model, size)
    const images = cleanAndNoisy(model, size)
    const subject = { ...images, target: region(rectangle(size, 2, 3, 4, 5), 'residual') }
    const explanations = await session.explain(subject, [pixelFilter(), fullGrad()], { layers: [] })
    const scores = [{ name: 'psnr', value: 21.5, units: 'dB' }]
    const frames = [await traceFrame(session, subject, { explanations, scores })] as const
    const trace = sessionTrace(session, { ...about, model: { name, options: { depth: 5 } }, subject, frames })

    const read = readTrace(writeTrace(trace, { activations: 'float32' }), 'trace')
    const shape = [model.channels, size.height, size.width]
    const [frame] = read.frames
    const denoised = await session.denoised(subject)
    expect(read.images.noisy).toEqual({ shape, data: images.noisy })
    expect(read.images.noise).toEqual({ shape, data: difference(images.noisy, images.clean) })
    expect(frame.denoised).toEqual({ shape, data: denoised })
    expect(frame.residual?.data).toEqual(difference(images.noisy, denoised))
    expect(frame.error?.data).toEqual(difference(denoised, images.clean))
    expect(frame.scores).toEqual(scores)
    expect(frame.activations.map(({ layer }) => layer)).toEqual([...session.layers.keys()])
    expect(frame.activations.map((each) => [1, ...each.shape])).toEqual([...session.layers.values()])
    expect(frame.explanations.map(({ method }) => method)).toEqual(['pixel-filter', 'fullgrad'])
    expect(frame.explanations[0]?.maps[0]?.data).toEqual(explanations[0]?.maps[0]?.data)
    expect(read.model).toMatchObject({ name, options: { depth: 5 }, output: model.output })
    expect(read.model.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name))
    expect(read.model.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(read.model.parameters)
  },
)

it('frames hold what the weights of their moment make of the image', async () => {
  const size = { width: 12, height: 11 }
  const model = dncnn({ depth: 3, width: 4, bias: 'all', seed: 1 })
  using session = new ExplainSession(device, model, size)
  liven(device, model)
  const subject = { ...cleanAndNoisy(model, size), target: pixel(3, 4) }
  const before = await traceFrame(session, subject, { label: 'before', step: 0, layers: [] })
  otherWeights(device, model)
  const after = await traceFrame(session, subject, { label: 'after', step: 10 })
  const training = { steps: [1, 2], loss: [0.5, 0.25], validation: { steps: [2], values: [0.3] } }
  const trace = sessionTrace(session, {
    ...about,
    model: { name: 'small', options: {} },
    subject,
    frames: [before, after],
    training,
  })

  const read = readTrace(writeTrace(trace, { activations: 'uint8' }), 'trace')
  expect(read.frames.map(({ label, step }) => [label, step])).toEqual([
    ['before', 0],
    ['after', 10],
  ])
  expect(read.training).toEqual(training)
  expect(read.frames[0].activations).toEqual([])
  expect(read.frames[1]?.activations).toHaveLength(model.layers.length)
  expect(read.frames[0].denoised?.data).not.toEqual(read.frames[1]?.denoised?.data)
  expect(read.frames[1]?.denoised?.data).toEqual(await session.denoised(subject))
})

it('a noisy image of which nothing else is known makes a trace without clean image, noise and error', async () => {
  const size = { width: 12, height: 11 }
  const model = dncnn({ depth: 3, width: 4, seed: 1 })
  using session = new ExplainSession(device, model, size)
  const { noisy } = cleanAndNoisy(model, size)
  const subject = { noisy, target: channel('conv_1', 2) }
  const explanations = await session.explain(subject, [smoothGrad({ samples: 2 })], { layers: [] })
  const frames = [await traceFrame(session, subject, { explanations })] as const
  const trace = sessionTrace(session, { ...about, model: { name: 'small', options: {} }, subject, frames })
  const read = readTrace(writeTrace(trace, { activations: 'float32' }), 'trace')
  expect(Object.keys(read.images)).toEqual(['noisy'])
  expect(read.frames[0].error).toBeUndefined()
  expect(read.frames[0].explanations[0]?.target).toMatchObject({ kind: 'channel', of: 'conv_1' })
})
