import { existsSync, readFileSync } from 'node:fs'
import { type Device, evaluate, gradients, InputError, inputTensor, type Tensor } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import {
  adam,
  countParameters,
  type Model,
  matchWeights,
  parametersOf,
  readSafetensors,
  summary,
  type Taps,
  variablesOf,
} from '@noisescope/nn'
import { afterAll, describe, expect, it } from 'vitest'
import { autoencoder, autoencoderLoss, autoencoderRecipe } from '../src/index.ts'

/** PyTorch's values, beside the checkout. */
const FIXTURE = new URL('../../../../shared/fixtures/autoencoder.safetensors', import.meta.url)
const INPUT = [8, 1, 28, 28]
const TOLERANCE = 1e-4
/** A software adapter whose driver's cache is empty compiles the kernels of a training step for minutes (milliseconds). */
const COLD_START = 600_000

let opened: Promise<Device> | undefined
const testDevice = () => (opened ??= openDevice())
afterAll(async () => (await opened)?.[Symbol.dispose]())

/** A test that needs the fixture: where it is absent it is skipped with the reason, and fails in CI. */
function itWithFixture(
  name: string,
  test: (stored: (name: string) => Float32Array) => Promise<void>,
  timeout: number,
): void {
  const skip = !existsSync(FIXTURE) && process.env.CI !== 'true'
  if (skip) console.warn(`skipped, since ${FIXTURE.pathname} is not there: ${name}`)
  it.skipIf(skip)(
    name,
    () => {
      const { tensors } = readSafetensors(readFileSync(FIXTURE), 'autoencoder.safetensors')
      return test((key) => {
        const tensor = tensors.get(`autoencoder/${key}`)
        if (tensor === undefined) throw new Error(`the fixture has no ${key}`)
        return tensor.data
      })
    },
    timeout,
  )
}

/** PyTorch's name of a parameter in the fixture: conv2d_3.weight is conv_3_weight. */
const fixtureName = (name: string) =>
  name.replace(/^conv2d(?:_(\d))?\.(\w+)$/, (_, layer = '0', kind) => `conv_${layer}_${kind}`)

/** The model with the weights of the fixture. */
function withWeights(device: Device, stored: (name: string) => Float32Array): Model {
  const model = autoencoder()
  for (const variable of parametersOf(model)) device.write(variable, stored(fixtureName(variable.name)))
  return model
}

/** Largest difference over the largest magnitude of the expected values. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  const largest = (values: ArrayLike<number>) =>
    Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return largest(Array.from(expected, (value, i) => (actual[i] as number) - value)) / largest(expected)
}

describe('the autoencoder', () => {
  itWithFixture(
    "has PyTorch's activations in every layer, its output, its loss and its gradients",
    async (stored) => {
      const device = await testDevice()
      const model = withWeights(device, stored)
      const parameters = parametersOf(model)
      using program = await device.compile(
        ({ noisy, clean }): Record<string, Tensor> => {
          const taps: Taps = {}
          const y = model.forward(noisy, { taps })
          const loss = autoencoderLoss('sigmoid')(y, { clean })
          const found = gradients(
            loss,
            parameters.map(({ value }) => value),
          )
          return {
            ...taps,
            y,
            loss,
            ...Object.fromEntries(parameters.map(({ name }, i) => [name, found[i] as Tensor])),
          }
        },
        { noisy: INPUT, clean: INPUT },
      )
      const results = await program.run({ noisy: stored('noisy'), clean: stored('clean') })
      const expected = {
        ...Object.fromEntries(model.layers.map(({ name }, i) => [name, `tap${i}`])),
        y: 'y',
        loss: 'loss',
        ...Object.fromEntries(parameters.map(({ name }) => [name, `d_${fixtureName(name)}`])),
      }
      expect(Object.keys(results).toSorted()).toEqual(Object.keys(expected).toSorted())
      for (const [name, key] of Object.entries(expected)) {
        expect(relativeError(results[name] as Float32Array, stored(key)), name).toBeLessThan(TOLERANCE)
      }
    },
    COLD_START,
  )

  itWithFixture(
    "has PyTorch's losses over twenty steps of Adam",
    async (stored) => {
      const device = await testDevice()
      const model = withWeights(device, stored)
      const optimiser = adam(parametersOf(model), { eps: autoencoderRecipe.adamEps })
      using program = await device.compile(
        ({ noisy, clean }) => {
          const loss = autoencoderLoss('sigmoid')(model.forward(noisy), { clean })
          optimiser.update(
            gradients(
              loss,
              parametersOf(model).map(({ value }) => value),
            ),
          )
          return { loss }
        },
        { noisy: INPUT, clean: INPUT },
      )
      const expected = stored('losses')
      for (const [i, value] of expected.entries()) {
        optimiser.prepare(device, i + 1, 1e-3)
        const { loss } = await program.run({ noisy: stored('noisy'), clean: stored('clean') })
        expect(Math.abs((loss[0] as number) / value - 1), `step ${i + 1}: ${loss[0]}, PyTorch ${value}`).toBeLessThan(
          TOLERANCE,
        )
      }
      expect(expected.at(-1)).toBeLessThan(expected[0] as number)
    },
    COLD_START,
  )

  it("has 49,761 parameters and Keras' names", () => {
    const { layers } = autoencoder()
    expect(countParameters(layers)).toBe(49_761)
    expect(layers.map(({ name }) => name)).toEqual([
      'conv2d',
      'max_pooling2d',
      'conv2d_1',
      'max_pooling2d_1',
      'conv2d_2',
      'max_pooling2d_2',
      'conv2d_3',
      'up_sampling2d',
      'conv2d_4',
      'up_sampling2d_1',
      'conv2d_5',
      'up_sampling2d_2',
      'conv2d_6',
    ])
  })

  it("prints the report's table", () => {
    expect(summary(autoencoder(), [1, 1, 28, 28])).toBe(`\
Layer (type)                    Output Shape        Param #
===========================================================
input (InputLayer)              (None, 28, 28, 1)         0
conv2d (Conv2D)                 (None, 28, 28, 64)      640
max_pooling2d (MaxPooling2D)    (None, 14, 14, 64)        0
conv2d_1 (Conv2D)               (None, 14, 14, 32)   18,464
max_pooling2d_1 (MaxPooling2D)  (None, 7, 7, 32)          0
conv2d_2 (Conv2D)               (None, 7, 7, 16)      4,624
max_pooling2d_2 (MaxPooling2D)  (None, 4, 4, 16)          0
conv2d_3 (Conv2D)               (None, 4, 4, 16)      2,320
up_sampling2d (UpSampling2D)    (None, 8, 8, 16)          0
conv2d_4 (Conv2D)               (None, 8, 8, 32)      4,640
up_sampling2d_1 (UpSampling2D)  (None, 16, 16, 32)        0
conv2d_5 (Conv2D)               (None, 14, 14, 64)   18,496
up_sampling2d_2 (UpSampling2D)  (None, 28, 28, 64)        0
conv2d_6 (Conv2D)               (None, 28, 28, 1)       577
===========================================================
Total params: 49,761`)
  })

  it('starts from the same weights for the same seed, and from others in each layer', () => {
    const start = (seed: number) => variablesOf(autoencoder({ seed })).map(({ initial }) => initial)
    expect(start(3)).toEqual(start(3))
    expect(start(4)).not.toEqual(start(3))
    const firsts = parametersOf(autoencoder())
      .filter(({ name }) => name.endsWith('weight'))
      .map(
        ({ initial, shape }) => (initial[0] as number) * Math.sqrt(((shape[0] as number) + (shape[1] as number)) * 9),
      )
    expect(new Set(firsts.map((value) => value.toFixed(4))).size).toBe(7)
  })

  it('ends in numbers between 0 and 1 or, linear, in any', () => {
    const noisy = Float32Array.from({ length: 28 * 28 }, (_, i) => ((i * 37) % 200) - 100)
    const outputOf = (end: 'sigmoid' | 'linear') => {
      const y = autoencoder({ end, seed: 1 }).forward(inputTensor('noisy', [1, 1, 28, 28]))
      return evaluate([y], { inputs: { noisy } })[0]?.data ?? new Float64Array()
    }
    const [sigmoid, linear] = [outputOf('sigmoid'), outputOf('linear')]
    expect([sigmoid.length, linear.length]).toEqual([784, 784])
    for (const value of sigmoid) expect(value).toBeGreaterThanOrEqual(0)
    for (const value of sigmoid) expect(value).toBeLessThanOrEqual(1)
    expect(Math.max(...linear.map(Math.abs))).toBeGreaterThan(1)
  })

  it('lists each wrong weight by name', () => {
    const model = autoencoder()
    const good = new Map(
      variablesOf(model).map(({ name, shape, initial }) => [name, { shape, data: Float32Array.from(initial) }]),
    )
    expect(matchWeights(model, good, 'weights').size).toBe(14)
    const wrong = new Map(good)
    wrong.delete('conv2d_3.bias')
    wrong.set('conv2d.weight', { shape: [64, 1, 5, 5], data: new Float32Array(1600) })
    wrong.set('conv2d_6.bias', { shape: [1], data: Float32Array.of(Number.NaN) })
    wrong.set('dense.weight', { shape: [1], data: new Float32Array(1) })
    const message =
      'file.safetensors does not fit the model autoencoder:\n  conv2d.weight is 64x1x5x5, expected 64x1x3x3\n  missing conv2d_3.bias 16\n  conv2d_6.bias holds NaN or infinity\n  unexpected dense.weight 1'
    expect(() => matchWeights(model, wrong, 'file.safetensors')).toThrow(new InputError(message))
  })

  it('refuses images of another size, naming the layer', () => {
    expect(() => summary(autoencoder(), [1, 3, 28, 28])).toThrow(/conv2d\b/)
  })
})
