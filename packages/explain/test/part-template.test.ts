import {
  evaluate,
  gradients,
  inputTensor,
  mean,
  meanSquaredErrorLoss,
  mul,
  type Shape,
  type Tensor,
} from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import {
  activationLayer,
  adam,
  constantSchedule,
  conv2dLayer,
  heNormal,
  type Model,
  parametersOf,
  sequence,
  type TrainingRun,
  train,
} from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { partTemplateLoss, partTemplatePenalty, partTemplates } from '../src/interpretable/index.ts'

/** Numbers on 0..scale that are the same in every run. */
const numbers = (count: number, seed: number, scale: number): Float64Array =>
  Float64Array.from(
    { length: count },
    (_, i) => scale * ((Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453) % 1) ** 2,
  )

/** The loss in float64, in the definition's own loops. */
function naiveLoss(x: ArrayLike<number>, [images, filters, n]: readonly [number, number, number]): number {
  const tau = 0.5 / n ** 2
  const places = n * n
  const alpha = places / (1 + places)
  const distance = (p: number, mu: number) =>
    Math.abs((p % n) - (mu % n)) + Math.abs(Math.floor(p / n) - Math.floor(mu / n))
  const templates = Array.from({ length: places }, (_, mu) => ({
    prior: alpha / places,
    at: (p: number) => tau * Math.max(1 - (4 * distance(p, mu)) / n, -1),
  }))
  templates.push({ prior: 1 - alpha, at: () => -tau })
  let loss = 0
  for (let filter = 0; filter < filters; filter++) {
    const likelihoods = templates.map(({ at }) => {
      const fits = Array.from({ length: images }, (_, image) => {
        let fit = 0
        for (let p = 0; p < places; p++) fit += x[(image * filters + filter) * places + p]! * at(p)
        return Math.exp(fit)
      })
      const z = fits.reduce((a, b) => a + b, 0)
      return fits.map((fit) => fit / z)
    })
    for (let image = 0; image < images; image++) {
      const marginal = templates.reduce((sum, { prior }, t) => sum + prior * likelihoods[t]![image]!, 0)
      for (const [t, { prior }] of templates.entries())
        loss -= prior * likelihoods[t]![image]! * Math.log(likelihoods[t]![image]! / marginal)
    }
  }
  return loss
}

const lossAt = (x: ArrayLike<number>, shape: Shape): number =>
  evaluate([partTemplateLoss(inputTensor('x', shape))], { inputs: { x } })[0]!.data[0]!

/** Maps of one filter with a bump of the height at one place each. */
const bumps = (side: number, places: readonly number[], height: number): Float64Array => {
  const maps = new Float64Array(places.length * side * side)
  for (const [image, place] of places.entries()) maps[image * side * side + place] = height
  return maps
}

describe('part templates', () => {
  it('of 3x3 places have the values worked out by hand', () => {
    const tau = 0.5 / 9
    const [centre, beside, far] = [tau, -tau / 3, -tau]
    const column = (mu: number) => Array.from({ length: 9 }, (_, p) => partTemplates(3)[p * 10 + mu])
    const middle = [far, beside, far, beside, centre, beside, far, beside, far].map(Math.fround)
    const corner = [centre, beside, far, beside, far, far, far, far, far].map(Math.fround)
    expect(column(4)).toEqual(middle)
    expect(column(0)).toEqual(corner)
    expect(column(9)).toEqual(new Array(9).fill(Math.fround(-tau)))
  })

  it('of 4x4 places are zero beside their centre', () => {
    const tau = 0.5 / 16
    const column = Array.from({ length: 16 }, (_, p) => partTemplates(4)[p * 17 + 5])
    const rows = [-tau, 0, -tau, -tau, 0, tau, 0, -tau, -tau, 0, -tau, -tau, -tau, -tau, -tau, -tau]
    expect(column).toEqual(rows)
  })

  it.each([0, 1.5, 65])('of %s places a side are refused', (n) => {
    expect(() => partTemplates(n)).toThrow(/expected a whole number of 1 to 64/)
  })
})

describe('the part-template loss', () => {
  it.each([
    [[2, 1, 1], 3],
    [[3, 2, 3], 1],
    [[3, 2, 3], 40],
    [[5, 3, 4], 200],
    [[4, 1, 5], 1e-2],
  ] as const)('of %j maps with values up to %s is that of the definition', (sizes, scale) => {
    const [images, filters, side] = sizes
    const x = numbers(images * filters * side * side, side, scale)
    const expected = naiveLoss(x, sizes)
    const loss = lossAt(x, [images, filters, side, side])
    // The graph's templates are float32.
    expect(Math.abs(loss - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected) + 1e-15)
  })

  it('and its gradient on the device are those of float64', async () => {
    using device = await openDevice()
    const shape = [6, 3, 7, 7]
    const x = Float32Array.from(numbers(6 * 3 * 49, 2, 30))
    const traced = ({ x }: { readonly x: ReturnType<typeof inputTensor> }) => {
      const loss = partTemplateLoss(x)
      const [gradient] = gradients(loss, [x])
      return { loss, gradient: gradient! }
    }
    const { loss, gradient } = traced({ x: inputTensor('x', shape) })
    const [exactLoss, exactGradient] = evaluate([loss, gradient], { inputs: { x } })
    using program = await device.compile(traced, { x: shape })
    const found = await program.run({ x })
    expect(Math.abs(found.loss[0]! - exactLoss!.data[0]!)).toBeLessThan(1e-5 * Math.abs(exactLoss!.data[0]!))
    const greatest = exactGradient!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(greatest).toBeGreaterThan(0)
    for (const [i, value] of found.gradient.entries())
      expect(Math.abs(value - exactGradient!.data[i]!), `at ${i}`).toBeLessThan(1e-4 * greatest)
  })

  it('has the gradient of finite differences', () => {
    const shape = [3, 2, 3, 3]
    const x = numbers(54, 5, 25)
    const tensor = inputTensor('x', shape)
    const [gradient] = evaluate(gradients(partTemplateLoss(tensor), [tensor]), { inputs: { x } })
    const greatest = gradient!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    for (let i = 0; i < x.length; i++) {
      const [above, below] = [1e-4, -1e-4].map((step) => lossAt(x.with(i, x[i]! + step), shape))
      expect(Math.abs(gradient!.data[i]! - (above! - below!) / 2e-4), `at ${i}`).toBeLessThan(1e-6 * greatest)
    }
  })

  it('lies between minus the filters times the log of the number of images, and 0', () => {
    for (const scale of [0, 1, 100, 1e4, 1e5]) {
      const loss = lossAt(numbers(4 * 3 * 16, 1, scale), [4, 3, 4, 4])
      expect(loss, `scale ${scale}`).toBeLessThanOrEqual(1e-12)
      expect(loss, `scale ${scale}`).toBeGreaterThanOrEqual(-3 * Math.log(4) - 1e-12)
    }
  })

  it('is 0 when all images have the same map, and lower the further apart the peaks of different images are', () => {
    const at = (...places: number[]) => lossAt(bumps(5, places, 60), [places.length, 1, 5, 5])
    expect(Math.abs(at(12, 12, 12))).toBeLessThan(1e-12)
    expect(at(11, 12, 13)).toBeLessThan(-1e-3)
    expect(at(0, 12, 24)).toBeLessThan(at(11, 12, 13))
  })

  it('is lower for maps with one sharp peak each than for the same sum spread over two far places', () => {
    const places = [0, 6, 12, 18, 24]
    const twice = Float64Array.from(bumps(5, places, 30), (value, i) => value + bumps(5, places.toReversed(), 30)[i]!)
    expect(lossAt(bumps(5, places, 60), [5, 1, 5, 5])).toBeLessThan(lossAt(twice, [5, 1, 5, 5]))
  })

  it.each([
    [[2, 1, 3, 4], /2x1x3x4: expected square maps/],
    [[2, 1, 65, 65], /at most 64x64/],
    [[1, 1, 3, 3], /at least 2/],
    [[2, 9], /expected \[images, filters, height, width\]/],
  ])('of %j is refused', (shape, message) => {
    expect(() => partTemplateLoss(inputTensor('x', shape as number[]))).toThrow(message as RegExp)
  })
})

/** Convolution, ReLU, convolution on 6x6 images. */
function tinyModel(): Model {
  const layers = [
    conv2dLayer({ name: 'conv_1', inputs: 1, outputs: 3, initialiser: heNormal, seed: 1, stream: 1 }),
    activationLayer('relu_1', 'relu'),
    conv2dLayer({ name: 'conv_2', inputs: 3, outputs: 1, initialiser: heNormal, seed: 1, stream: 2 }),
  ]
  return {
    name: 'tiny',
    layers,
    channels: 1,
    output: 'clean',
    multiple: 1,
    forward: (noisy, options = {}) => sequence(layers, noisy, options),
  }
}

const INPUT = [8, 1, 6, 6] as const

/** 16 images of a bright square at different places. */
const images = Float32Array.from({ length: 16 * 36 }, (_, i) => {
  const [image, x, y] = [Math.floor(i / 36), i % 6, Math.floor(i / 6) % 6]
  const [left, top] = [image % 4, Math.floor(image / 4)]
  return x >= left && x < left + 2 && y >= top && y < top + 2 ? 1 : 0
})

describe('a training with the penalty', () => {
  it('ends with a lower part-template loss than one without, and not by larger activations', async () => {
    using device = await openDevice()
    const model = tinyModel()
    const penalty = partTemplatePenalty(model, INPUT, { layers: ['relu_1'], weight: 1 })
    const after = async (changes: Partial<TrainingRun>) => {
      const model = tinyModel()
      const run: TrainingRun = {
        device,
        model,
        optimiser: adam(parametersOf(model)),
        data: {
          count: 16,
          shape: [1, 6, 6],
          batch: (indices) =>
            Float32Array.from(Array.from(indices).flatMap((i) => [...images.subarray(36 * i, 36 * (i + 1))])),
        },
        corrupt: (clean) => ({ noisy: clean, noise: mul(0, clean) }),
        loss: (output, { clean }) => meanSquaredErrorLoss(output, clean),
        batchSize: 8,
        epochs: 20,
        schedule: constantSchedule(0.02),
        seed: 3,
        ...changes,
      }
      for await (const event of train(run)) if (event.kind === 'end') expect(event.reason).toBe('epochs')
      using program = await device.compile(
        ({ noisy }) => {
          const taps: Record<string, Tensor> = {}
          model.forward(noisy, { taps })
          return { loss: penalty.of(taps), activation: mean(taps.relu_1!) }
        },
        { noisy: [16, 1, 6, 6] },
      )
      const { loss, activation } = await program.run({ noisy: images })
      return { loss: loss[0]!, activation: activation[0]! }
    }
    const [without, withPenalty] = [await after({}), await after({ penalty })]
    expect(without.loss).toBeLessThan(0)
    // Of three filters and 16 images it is at least -8.3.
    expect(withPenalty.loss).toBeLessThan(without.loss - 0.5)
    expect(withPenalty.activation).toBeLessThan(2 * without.activation)
  })

  it('sees where activations are and not how large they are', () => {
    const penalty = partTemplatePenalty(tinyModel(), INPUT, { layers: ['relu_1'], weight: 1 })
    const tensor = inputTensor('x', [8, 3, 6, 6])
    const x = numbers(8 * 3 * 36, 4, 1)
    const [small, large] = [1, 1000].map(
      (scale) =>
        evaluate([penalty.of({ relu_1: tensor })], { inputs: { x: x.map((value) => scale * value) } })[0]!.data[0]!,
    )
    expect(small).toBeLessThan(-0.1)
    expect(large! / small!).toBeCloseTo(1, 1)
    const dead = evaluate([penalty.of({ relu_1: tensor })], { inputs: { x: new Float64Array(x.length) } })[0]!.data[0]!
    expect(Math.abs(dead)).toBeLessThan(1e-12)
  })

  it('says in the penalty its layers and weight, all that it depends on', () => {
    const { name } = partTemplatePenalty(tinyModel(), INPUT, { layers: ['relu_1', 'conv_1'], weight: 0.5 })
    expect(name).toBe('0.5 x part-template loss of relu_1, conv_1')
  })

  it.each([
    [['relu_9'], 1, 'the tiny has no layer relu_9; it has conv_1, relu_1, conv_2'],
    [[], 1, 'expected at least one'],
    [['relu_1', 'relu_1'], 1, 'twice'],
    [['relu_1'], -1, 'expected a number from 0 up'],
    [['relu_1'], Number.NaN, 'expected a number from 0 up'],
  ])('of the layers %j with weight %s is refused', (layers, weight, message) => {
    expect(() => partTemplatePenalty(tinyModel(), INPUT, { layers, weight })).toThrow(message)
  })
})
