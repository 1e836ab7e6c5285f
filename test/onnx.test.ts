import { adnet } from '@noisescope/adnet'
import { autoencoder } from '@noisescope/autoencoder'
import { evaluate, InputError, inputTensor, sub, sum, type Variable } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { type Model, plainLayer, sequence, variablesOf } from '@noisescope/nn'
import { exportOnnx } from '@noisescope/onnx'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'

/** Repeatable numbers in -1..1. */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((Math.sin(i * 12.9898 + seed) * 43758.5453) % 1) - 0.1)

/** Every variable other than it starts, statistics too, so that a part that the export forgets shows. */
const valuesOf = (model: Model): Map<Variable, Float32Array> =>
  new Map(
    variablesOf(model).map((variable, v) => {
      const { name, shape, initial } = variable
      const noise = numbers(initial.length, v)
      if (name.endsWith('running_var')) return [variable, noise.map((value) => 0.5 + Math.abs(value))]
      const small = shape.length === 1 ? 0.1 : 0
      return [variable, noise.map((value, i) => (initial[i] as number) + small * value)]
    }),
  )

interface Input {
  readonly shape: readonly [number, number, number, number]
  readonly sigma?: { readonly shape: readonly [number, number, number, number]; readonly data: Float32Array }
}

async function compare(model: Model, { shape, sigma }: Input): Promise<void> {
  const values = valuesOf(model)
  const [n, c, h, w] = shape
  const noisy = numbers(n * c * h * w, 7)
  const x = inputTensor('noisy', shape)
  const level = sigma && inputTensor('sigma', sigma.shape)
  const output = model.forward(x, level === undefined ? {} : { sigma: level })
  const denoised = model.output === 'residual' ? sub(x, output) : output
  const [expected] = evaluate([denoised], { inputs: { noisy, sigma: sigma?.data ?? [] }, variables: values })

  const session = await InferenceSession.create(exportOnnx({ model, values }))
  const feeds = { noisy: new Tensor('float32', noisy, [...shape]) }
  const levels = sigma === undefined ? {} : { sigma: new Tensor('float32', sigma.data, [...sigma.shape]) }
  const result = (await session.run({ ...feeds, ...levels })).denoised!
  expect(result.dims).toEqual([...shape])
  const largest = Math.max(...(result.data as Float32Array).map((value, i) => Math.abs(value - expected!.data[i]!)))
  expect(largest, model.name).toBeLessThan(1e-5)
}

const level = (...shape: readonly [number, number, number, number]) => ({
  shape,
  data: numbers(
    shape.reduce((a, b) => a * b),
    3,
  ).map((value) => 0.1 + 0.05 * value),
})

describe('an exported model computes in onnxruntime what the reference does in float64', () => {
  test('the autoencoder, for two images', async () => compare(autoencoder({ seed: 4 }), { shape: [2, 1, 28, 28] }))
  test('the autoencoder with a linear end', async () =>
    compare(autoencoder({ seed: 4, end: 'linear' }), { shape: [1, 1, 28, 28] }))
  test('DnCNN with batch norm, of any size', async () =>
    compare(dncnn({ depth: 4, width: 5, seed: 1 }), { shape: [2, 1, 11, 14] }))
  test('DnCNN in colour, with all biases', async () =>
    compare(dncnn({ depth: 3, width: 4, channels: 3, bias: 'all', batchNorm: false }), { shape: [1, 3, 9, 5] }))
  test('ADNet, whose input is used three times', async () =>
    compare(adnet({ width: 4, seed: 2 }), { shape: [1, 1, 13, 10] }))
  test('FFDNet of odd size, with one level for all', async () =>
    compare(ffdnet({ depth: 3, width: 4 }), { shape: [2, 1, 9, 13], sigma: level(1, 1, 1, 1) }))
  test('FFDNet with a level for each image', async () =>
    compare(ffdnet({ depth: 3, width: 4 }), { shape: [2, 1, 8, 6], sigma: level(2, 1, 1, 1) }))
  test('FFDNet in colour of odd size, with a level for each pixel and batch norm', async () =>
    compare(ffdnet({ depth: 3, width: 4, channels: 3, batchNorm: true, bias: 'outer' }), {
      shape: [1, 3, 7, 5],
      sigma: level(1, 1, 7, 5),
    }))
})

test('biases and batch norm are folded: a DnCNN is convolutions, activations and one subtraction', () => {
  const model = dncnn({ depth: 4, width: 5 })
  const text = new TextDecoder('latin1').decode(exportOnnx({ model, values: valuesOf(model) }))
  const operators = [...text.matchAll(/\/(Conv|Relu|Sub|Add|Mul)\b/g)].map(([, operator]) => operator)
  expect(operators).toEqual(['Conv', 'Relu', 'Conv', 'Relu', 'Conv', 'Relu', 'Conv', 'Sub'])
})

test('what the weights were trained on stands in the file', () => {
  const model = dncnn({ depth: 2, width: 2 })
  const bytes = exportOnnx({ model, values: valuesOf(model), metadata: { noise: 'Gaussian, σ 25' } })
  const text = new TextDecoder().decode(bytes)
  expect(text).toContain('Gaussian, σ 25')
})

test('an operation without a counterpart is refused by its layer and name', () => {
  const layers = [plainLayer('energy', 'Sum', (x) => sum(x, [2]))]
  const model: Model = {
    name: 'odd',
    layers,
    channels: 1,
    output: 'clean',
    multiple: 1,
    forward: (x, options = {}) => sequence(layers, x, options),
  }
  const values = new Map()
  expect(() => exportOnnx({ model, values })).toThrow(InputError)
  expect(() => exportOnnx({ model, values })).toThrow(/layer energy computes reduce, which has no counterpart/)
})

test('values that are missing are named', () => {
  const model = dncnn({ depth: 2, width: 2 })
  expect(() => exportOnnx({ model, values: new Map() })).toThrow(/given no values of conv_1\.weight/)
})
