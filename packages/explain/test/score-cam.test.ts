import { evaluate, inputTensor, resizeBilinear } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { variablesOf } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { scoreCam } from '../src/explainers/score-cam.ts'
import { ExplainSession, pixel, rectangle, region, type Size, type Target } from '../src/index.ts'
import {
  type Exact,
  ExactModel,
  pooledModel,
  relativeDifference,
  total,
  weighed,
  workedExample,
} from './helpers/class-activation.ts'
import { openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()

/** The weights by the definition, one evaluation a channel; undefined where a channel is flat. */
function naiveWeights(
  exact: ExactModel,
  { activation, shape: [, , height = 1, width = 1] }: Exact,
  { noisy, target, size }: { noisy: Float32Array; target: Target; size: Size },
): (number | undefined)[] {
  const zero = exact.value(new Float32Array(noisy.length), target)
  const large = resizeBilinear(inputTensor('channel', [1, 1, height, width]), [size.height, size.width], false)
  return activation.map((channel) => {
    const window = evaluate([large], { inputs: { channel } })[0]!.data
    const [least, greatest] = [Math.min(...window), Math.max(...window)]
    if (least === greatest) return undefined
    const opened = window.map((each) => (each - least) / (greatest - least))
    const masked = Float64Array.from(noisy, (each, i) => each * opened[i % opened.length]!)
    return exact.value(masked, target) - zero
  })
}

const mix = ({ activation }: Exact, by: readonly number[]): number[] =>
  activation[0]!.map((_, p) => total(activation.map((channel, c) => by[c]! * channel[p]!)))

describe('Score-CAM of a network with pooling', async () => {
  const size = { width: 14, height: 12 }
  const model = pooledModel()
  randomise(device, model)
  // A channel that is flat: its ReLU never opens.
  device.write(variablesOf(model).find(({ name }) => name === 'conv_1.bias')!, Float32Array.of(0.1, -1000, 0.05, -0.1))
  const exact = await ExactModel.read(device, model, size)
  using session = new ExplainSession(device, model, size)
  const noisy = testImage(size, 1)
  const target = region(rectangle(size, 3, 2, 6, 5))
  const layers = ['relu_1', 'pool', 'relu_2']
  const progress: { method: string; done: number; total: number }[] = []
  const [raw, signed, softmax] = await session.explain(
    { noisy, target },
    [scoreCam(), scoreCam({ relu: false }), scoreCam({ softmax: true })],
    { layers, onProgress: (each) => progress.push(each) },
  )
  const { layers: expected } = exact.layers(noisy, target)

  const naive = (layer: Exact) => naiveWeights(exact, layer, { noisy, target, size })
  const weights = new Map(layers.map((name) => [name, naive(expected.get(name)!)]))
  const mixed = (name: string, by: readonly number[]) => mix(expected.get(name)!, by)

  test.each(layers)('is the naive loop over the channels of %s', (name) => {
    const wanted = mixed(
      name,
      weights.get(name)!.map((weight) => weight ?? 0),
    )
    const [one, other] = [raw!, signed!].map(({ maps }) => maps.find((map) => map.name === name)!)
    expect(one!.shape).toEqual(expected.get(name)!.shape.slice(2))
    expect(relativeDifference(other!.data, wanted)).toBeLessThan(1e-5)
    expect([...one!.data]).toEqual([...other!.data].map((each) => Math.max(each, 0)))
    expect([one!.signed, other!.signed]).toEqual([false, true])
  })

  test.each(layers)('weighs the channels of %s by a softmax when asked to', (name) => {
    const powers = weights.get(name)!.map((weight) => (weight === undefined ? 0 : Math.exp(weight)))
    const wanted = mixed(
      name,
      powers.map((power) => power / total(powers)),
    )
    const map = softmax!.maps.find((each) => each.name === name)!
    expect(relativeDifference(map.data, wanted)).toBeLessThan(1e-5)
    expect(map.units).toBe('activation')
  })

  test('replays every channel that is not flat once, and the image of zeros', () => {
    const open = [...weights.values()].flat().filter((weight) => weight !== undefined).length
    expect(weights.get('relu_1')![1]).toBeUndefined()
    expect(progress.at(-1)).toEqual({ method: 'scorecam', done: open + 1, total: open + 1 })
    expect(raw!.values!['zero image']).toBeCloseTo(exact.value(new Float32Array(noisy.length), target), 4)
  })

  test('stops when it is told to', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    using another = new ExplainSession(device, model, size)
    const asked = another.explain({ noisy, target }, [scoreCam(), scoreCam()], {
      layers,
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    })
    await expect(asked).rejects.toBe(reason)
  })
})

test('each channel of a layer opens all three of a colour image', async () => {
  const size = { width: 9, height: 7 }
  const model = dncnn({ depth: 3, width: 4, channels: 3, bias: 'all', batchNorm: false, seed: 1 })
  randomise(device, model)
  const exact = await ExactModel.read(device, model, size)
  using session = new ExplainSession(device, model, size)
  const [noisy, target] = [testImage(size, 3), pixel(4, 3)]
  const [explanation] = await session.explain({ noisy, target }, [scoreCam({ relu: false })], { layers: ['relu_1'] })
  const layer = exact.layers(noisy, target).layers.get('relu_1')!
  const weights = naiveWeights(exact, layer, { noisy, target, size }).map((weight) => weight ?? 0)
  expect(relativeDifference(explanation!.maps[0]!.data, mix(layer, weights))).toBeLessThan(1e-5)
})

test("a softmax of changes that exp would overflow on is finite, and is the largest change's channel", async () => {
  const { model, subject, size } = workedExample(device)
  using session = new ExplainSession(device, model, size)
  const target = weighed(
    'relu',
    [1, 1, 1, 1, 1, -1, -1, -1].map((each) => 1000 * each),
  )
  const [explanation] = await session.explain({ ...subject, target }, [scoreCam({ softmax: true })], {
    layers: ['relu'],
  })
  const [first, second] = [
    [0, 4, 31, 40],
    [0, 0, 6, 15],
  ]
  const [map] = explanation!.maps
  expect(map!.status).toBe('ok')
  expect([first, second]).toContainEqual([...map!.data])
})

describe('Score-CAM of a network with a layer that is dead or not a number', () => {
  const size = { width: 13, height: 12 }
  const explain = async (name: string, value: number, layers: string[]) => {
    const model = dncnn({ depth: 4, width: 4, bias: 'all', batchNorm: false, seed: 1 })
    randomise(device, model)
    const variable = variablesOf(model).find((each) => each.name === name)!
    device.write(variable, new Float32Array(variable.initial.length).fill(value))
    using session = new ExplainSession(device, model, size)
    const subject = { noisy: testImage(size, 1), target: pixel(7, 5, 'residual') }
    return session.explain(subject, [scoreCam(), scoreCam({ softmax: true })], { layers })
  }

  test('is flat where no channel varies', async () => {
    const explanations = await explain('conv_2.bias', -1000, ['relu_2'])
    for (const { maps } of explanations) expect(maps[0]).toMatchObject({ status: 'flat', range: [0, 0] })
  })

  test('is not finite where the activation is not', async () => {
    const explanations = await explain('conv_2.bias', Number.NaN, ['conv_2'])
    for (const { maps } of explanations) expect(maps[0]!.status).toBe('not-finite')
  })

  test('is not finite where the target is not', async () => {
    const explanations = await explain('conv_4.weight', Number.NaN, ['relu_2'])
    for (const { maps } of explanations) expect(maps[0]!.status).toBe('not-finite')
  })
})
