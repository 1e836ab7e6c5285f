import { adnet } from '@noisescope/adnet'
import { dncnn } from '@noisescope/dncnn'
import { type Model, variablesOf } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { gradCam } from '../src/explainers/grad-cam.ts'
import { gradCamPlusPlus } from '../src/explainers/grad-cam-plus-plus.ts'
import { hiResCam } from '../src/explainers/hires-cam.ts'
import {
  type Explainer,
  ExplainSession,
  layerCam,
  pixel,
  rectangle,
  region,
  type Target,
  type TargetGraph,
} from '../src/index.ts'
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

/** What float32 loses through ADNet's layers, of the largest value of a map that is a difference of larger ones. */
const ROUNDING = 1e-4

const rectified = (value: number): number => Math.max(value, 0)
/** sum over c of weight_c(p) A_c(p) for every place p. */
const mix = ({ activation }: Exact, weight: (channel: number, place: number) => number): number[] =>
  activation[0]!.map((_, p) => total(activation.map((channel, c) => weight(c, p) * channel[p]!)))

const meanGradient = ({ gradient }: Exact): ((channel: number) => number) => {
  const means = gradient.map((channel) => total(channel) / channel.length)
  return (channel) => means[channel]!
}

function plusPlusWeight({ activation, gradient }: Exact): (channel: number) => number {
  const weights = gradient.map((channel, c) => {
    const activity = total(activation[c]!)
    return total(channel.map((g) => (g === 0 ? 0 : (g ** 2 / (2 * g ** 2 + g ** 3 * activity + 1e-6)) * rectified(g))))
  })
  return (channel) => weights[channel]!
}

const methods: [string, Explainer, (layer: Exact) => number[]][] = [
  ['Grad-CAM', gradCam(), (layer) => mix(layer, meanGradient(layer)).map(rectified)],
  ['Grad-CAM without ReLU', gradCam({ relu: false }), (layer) => mix(layer, meanGradient(layer))],
  ['Grad-CAM++', gradCamPlusPlus(), (layer) => mix(layer, plusPlusWeight(layer)).map(rectified)],
  ['HiResCAM', hiResCam(), (layer) => mix(layer, (c, p) => layer.gradient[c]![p]!)],
  ['LayerCAM', layerCam(), (layer) => mix(layer, (c, p) => rectified(layer.gradient[c]![p]!)).map(rectified)],
]
const explainers = methods.map(([, explainer]) => explainer)

describe('the worked example', () => {
  const { model, subject, size } = workedExample(device)
  const mapsOf = async (explainer: Explainer, layers: string[]): Promise<number[][]> => {
    using session = new ExplainSession(device, model, size)
    const [explanation] = await session.explain(subject, [explainer], { layers })
    expect(explanation!.value).toBe(54)
    return explanation!.maps.map(({ data }) => [...data])
  }

  test('gives Grad-CAM at the convolution and at its ReLU to the last digit', async () => {
    const [conv, relu] = await mapsOf(gradCam({ relu: false }), ['conv', 'relu'])
    expect(conv).toEqual([11.25, 13.5, 20.25, 22.5])
    expect(relu).toEqual([0, 4, 28, 32.5])
  })

  test('gives a HiResCAM at the ReLU that adds up to the target', async () => {
    expect(await mapsOf(hiResCam(), ['relu'])).toEqual([[0, 4, 25, 25]])
  })

  test('keeps one option apart from the other in one session', async () => {
    using session = new ExplainSession(device, model, size)
    const target = weighed(
      'relu',
      [1, 1, 1, 1, 1, -1, -1, -1].map((each) => -each),
    )
    const maps: number[][] = []
    for (const explainer of [gradCam(), gradCam({ relu: false })]) {
      const [explanation] = await session.explain({ ...subject, target }, [explainer], { layers: ['relu'] })
      maps.push([...explanation!.maps[0]!.data])
    }
    expect(maps.map((map) => map.map((each) => each + 0))).toEqual([
      [0, 0, 0, 0],
      [0, -4, -28, -32.5],
    ])
  })
})

const models: [string, Model, { width: number; height: number }][] = [
  ['ADNet', adnet({ width: 4, batchNorm: false, bias: true, seed: 2 }), { width: 13, height: 15 }],
  ['a network with pooling', pooledModel(), { width: 14, height: 12 }],
]
/** Layers of those models; of ADNet's some are on one branch, some on both. */
const asked: Readonly<Record<string, string[]>> = {
  ADNet: ['conv_2', 'relu_7', 'relu_15', 'conv_16', 'concat', 'tanh', 'attention'],
  'a network with pooling': ['conv_1', 'relu_1', 'pool', 'relu_2', 'up'],
}

describe.each(models)('%s', async (name, model, size) => {
  randomise(device, model)
  const exact = await ExactModel.read(device, model, size)
  using session = new ExplainSession(device, model, size)
  const noisy = testImage(size, 1)
  const layers = asked[name]!
  const target = region(rectangle(size, 3, 2, 6, 5), 'residual')
  const explanations = await session.explain({ noisy, target }, explainers, { layers })
  const { value, layers: expected } = exact.layers(noisy, target)

  test.each(methods.map(([method, , formula], i) => [method, formula, i] as const))(
    'each map of %s is its formula in float64',
    (_, formula, i) => {
      const { maps, value: computed } = explanations[i]!
      expect(Math.abs(computed - value)).toBeLessThan(1e-5 * Math.abs(value))
      expect(maps.map((map) => map.name)).toEqual(layers)
      for (const map of maps) {
        const { shape } = expected.get(map.name)!
        expect(map.shape).toEqual(shape.slice(2))
        const wanted = formula(expected.get(map.name)!)
        // A map that ReLU leaves nothing of has no scale to compare on.
        if (wanted.every((each) => each === 0)) expect(map.status, map.name).toBe('flat')
        else expect(relativeDifference(map.data, wanted), map.name).toBeLessThan(ROUNDING)
      }
    },
  )

  test('most maps are not flat, so that the comparison says something', () => {
    const all = explanations.flatMap(({ maps }) => maps)
    expect(all.filter(({ status }) => status === 'ok').length).toBeGreaterThan(0.8 * all.length)
    expect(all.every(({ status }) => status === 'ok' || status === 'flat')).toBe(true)
  })
})

describe('a network of convolutions', () => {
  const size = { width: 15, height: 12 }
  const build = (seed: number): Model => {
    const model = dncnn({ depth: 4, width: 5, bias: 'all', batchNorm: false, seed })
    randomise(device, model)
    return model
  }
  const noisy = testImage(size, 1)
  const explain = async (model: Model, target: Target, which: readonly Explainer[], layers: string[]) => {
    using session = new ExplainSession(device, model, size)
    return session.explain({ noisy, target }, which, { layers })
  }
  /** A model with some of its variables written over. */
  const written = (seed: number, names: string, value: number): Model => {
    const model = build(seed)
    const variables = variablesOf(model).filter((variable) => variable.name === names)
    expect(variables).toHaveLength(1)
    for (const variable of variables) device.write(variable, new Float32Array(variable.initial.length).fill(value))
    return model
  }

  test('HiResCAM at the last ReLU sums to the target less the biases behind it', async () => {
    const model = build(1)
    const bias = (await device.read(variablesOf(model).filter(({ name }) => name === 'conv_4.bias')))[0]![0]!
    const pixels = rectangle(size, 4, 3, 7, 5)
    const [explanation] = await explain(model, region(pixels, 'residual'), [hiResCam()], ['relu_3'])
    const parts = total(explanation!.maps[0]!.data) + 35 * bias
    expect(Math.abs(35 * bias)).toBeGreaterThan(0.01)
    expect(Math.abs(parts - explanation!.value)).toBeLessThan(1e-5 * Math.abs(explanation!.value))
  })

  test('other weights give other maps, by every method', async () => {
    const [before, after] = await Promise.all(
      [1, 2].map((seed) => explain(build(seed), pixel(7, 5, 'residual'), explainers, ['relu_2'])),
    )
    for (const [i, { title, maps }] of before!.entries()) {
      const scaled = (data: Float32Array): Float32Array => data.map((each) => each / Math.max(...data.map(Math.abs)))
      const [one, other] = [scaled(maps[0]!.data), scaled(after![i]!.maps[0]!.data)]
      expect(relativeDifference(one, other), title).toBeGreaterThan(0.3)
    }
  })

  test('other pixels give other maps of one network, by every method', async () => {
    const model = build(3)
    const [here, there] = await Promise.all(
      [pixel(3, 3), pixel(11, 8)].map((target) => explain(model, target, explainers, ['relu_1'])),
    )
    for (const [i, { title, maps }] of here!.entries())
      expect(relativeDifference(maps[0]!.data, there![i]!.maps[0]!.data), title).toBeGreaterThan(0.01)
  })

  test('a layer that puts out nothing has flat maps', async () => {
    const explanations = await explain(written(1, 'conv_2.bias', -1000), pixel(7, 5), explainers, ['relu_2', 'relu_1'])
    for (const { title, maps } of explanations) {
      expect(
        maps.map(({ status, range }) => [status, ...range]),
        title,
      ).toEqual(Array(2).fill(['flat', 0, 0]))
    }
  })

  test('weights that are NaN give maps that are not finite, where a ReLU would make zeros of them', async () => {
    const explanations = await explain(written(1, 'conv_4.weight', Number.NaN), pixel(7, 5), explainers, ['relu_2'])
    for (const { title, maps } of explanations) expect(maps[0]!.status, title).toBe('not-finite')
  })

  test('a target that is NaN gives maps that are not finite, though its gradient is finite', async () => {
    const model = written(1, 'conv_4.bias', Number.NaN)
    const explanations = await explain(model, pixel(7, 5), explainers, ['relu_2'])
    for (const { title, maps } of explanations) expect(maps[0]!.status, title).toBe('not-finite')
  })

  test('an activation that is NaN gives maps that are not finite, though the ReLU behind it swallows it', async () => {
    const explanations = await explain(written(1, 'conv_2.bias', Number.NaN), pixel(7, 5), explainers, ['conv_2'])
    for (const { title, maps } of explanations) expect(maps[0]!.status, title).toBe('not-finite')
  })

  test('a denominator of zero in Grad-CAM++ makes no map infinite', async () => {
    // 2 g^2 + g^3 sum(A) + 1e-6 is 0 to the last bit of float32, at a channel that is negative on the whole.
    const gradient = 2 ** -11
    const sum = -(Math.fround(1e-6) + 2 * gradient ** 2) / gradient ** 3
    const shape = [1, 1, 1, 2]
    const program = await device.compile(
      ({ activation, gradient: g }) =>
        gradCamPlusPlus().trace!({ chosen: [{ name: 'layer', activation, gradient: g }] } as unknown as TargetGraph),
      { activation: shape, gradient: shape },
    )
    const { layer } = await program.run({
      activation: Float32Array.of(1, sum - 1),
      gradient: Float32Array.of(gradient, gradient),
    })
    expect([...layer!]).toEqual([0, 0])
  })
})
