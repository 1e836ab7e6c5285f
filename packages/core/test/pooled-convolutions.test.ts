import { describe, expect, it } from 'vitest'
import { evaluate } from '../src/graph/evaluate.ts'
import { add, conv2d, gradients, inputTensor, maxPool2d, mul, relu, sum, type Tensor } from '../src/index.ts'
import { directConvolution } from '../src/kernels/conv2d-direct.wgsl.ts'
import { gemmConvolution } from '../src/kernels/conv2d-gemm.wgsl.ts'
import { quadConvolution } from '../src/kernels/conv2d-quads.wgsl.ts'
import { winogradByLanes, winogradByTiles } from '../src/kernels/winograd-algorithms.ts'
import type { CompileOptions } from '../src/runtime/program.ts'
import { expectClose } from './helpers/compare.ts'
import { testDevice } from './helpers/device.ts'
import { expectExact, forced, type Model, wave } from './helpers/exact.ts'

const someQuads = quadConvolution({ channels: 8, rows: 2, across: 2 })
const pooling = [
  someQuads,
  quadConvolution({ channels: 4, rows: 8, across: 1 }),
  quadConvolution({ channels: 1, rows: 4, across: 2 }),
  winogradByLanes(4, 16, 8),
  winogradByLanes(2, 16, 4),
  winogradByTiles(4, { channelQuads: 1, groups: 4 }),
]
const notPooling = [
  quadConvolution({ channels: 8, rows: 3, across: 2 }),
  gemmConvolution({ threadsDown: 4, channelQuads: 1, pixelQuads: 1 }),
  directConvolution(8),
]

type Names = 'x' | 'weights' | 'bias' | 'weighting'

/** Images, input channels, height and width, output channels: rows of whole quads, and those that end in half of one. */
const sizes = [
  [2, 8, 12, 16, 20],
  [3, 8, 6, 10, 9],
  [1, 16, 4, 4, 64],
  [2, 8, 2, 6, 1],
] as const

/** Runs a model with one algorithm. @returns the names of its kernels. */
async function kernelsOf(
  model: Model<Names>,
  [n, c, h, w, k]: readonly [number, number, number, number, number],
  algorithm: { readonly name: string },
): Promise<string[]> {
  const weighting = [n, k, Math.floor(h / 2), Math.floor(w / 2)]
  const shapes = { x: [n, c, h, w], weights: [k, c, 3, 3], bias: [1, k, 1, 1], weighting }
  const { kernels } = await expectExact(model, shapes, { choose: forced(algorithm) })
  return kernels
}

/** What is stored before the pooling: half of it are zeros of ReLU, of which the first in a window is its maximum. */
const activation = ({ x, weights, bias }: Readonly<Record<Names, Tensor>>): Tensor =>
  relu(add(conv2d(x, weights, { padding: 'same' }), bias))

const forwards: Model<Names> = (inputs) => ({ p: maxPool2d(activation(inputs)) })

const backwards =
  (alsoOut: 'nothing' | 'y'): Model<Names> =>
  (inputs) => {
    const y = activation(inputs)
    const p = maxPool2d(y)
    const [dx, dy] = gradients(sum(mul(p, inputs.weighting)), [inputs.x, y])
    return { p, dx: dx as Tensor, dy: dy as Tensor, ...(alsoOut === 'y' ? { y } : {}) }
  }

const isPooling = (name: string): boolean => name.startsWith('maxPool2d') && !name.startsWith('maxPool2dGradient')
const isPooled = (name: string): boolean => name.endsWith(', pooled')

describe.each(pooling)('maxima of 2x2 given by $name beside its result', (algorithm) => {
  it.each(sizes)('for %ix%ix%ix%i to %i', async (...size) => {
    for (const model of [forwards, backwards('nothing'), backwards('y')]) {
      const names = await kernelsOf(model, size, algorithm)
      expect(names.filter(isPooled), names.join()).toHaveLength(1)
      expect(names.filter(isPooling), names.join()).toEqual([])
    }
  })
})

it.each(notPooling)('$name leaves the pooling to a kernel of its own', async (algorithm) => {
  const names = await kernelsOf(backwards('nothing'), sizes[0], algorithm)
  expect(names.filter(isPooling)).toHaveLength(1)
})

describe('windows that do not tile the image by twos are left to a kernel of their own:', () => {
  it.each([
    { what: 'odd sizes', size: [2, 8, 5, 7, 9], options: {} },
    { what: 'other windows', size: [2, 8, 12, 12, 9], options: { size: 3, stride: 2 } },
    { what: 'padded ones', size: [2, 8, 6, 8, 9], options: { padding: 1, size: 2 } },
  ] as const)('$what', async ({ size, options }) => {
    const names = await kernelsOf((inputs) => ({ p: maxPool2d(activation(inputs), options) }), size, someQuads)
    expect(names.filter(isPooling)).toHaveLength(1)
    expect(names.filter(isPooled)).toEqual([])
  })
})

it('pooled values that go to another layer lie in memory as f16, with the places in float32', async (context) => {
  const device = await testDevice()
  context.skip(!device.info.traits.f16, 'the adapter has no shader-f16')
  const shapes = { x: [2, 8, 12, 16], weights: [8, 8, 3, 3] }
  const model = ({ x, weights }: Readonly<Record<keyof typeof shapes, Tensor>>) => {
    const y = relu(conv2d(x, weights, { padding: 'same' }))
    const z = conv2d(maxPool2d(y), weights, { padding: 'same' })
    const [dy] = gradients(sum(z), [y])
    return { z, dy: dy as Tensor }
  }
  const values = { x: wave(shapes.x, 0.7), weights: wave(shapes.weights, 1.3) }
  const choose: CompileOptions['choose'] = (key, candidates) =>
    forced(key.includes('12x16') ? someQuads : directConvolution(8))(key, candidates)
  using program = await device.compile(model, shapes, { poison: true, storage: 'f16', choose, winograd: false })
  expect(program.kernels.filter(({ name }) => isPooled(name))).toHaveLength(1)
  const found = await program.run(values)
  const leaves = { x: inputTensor('x', shapes.x), weights: inputTensor('weights', shapes.weights) }
  const sizes = inputTensor('sizes', shapes.weights)
  const symbols = model(leaves)
  const mostOf = conv2d(maxPool2d(relu(conv2d(leaves.x, leaves.weights, { padding: 'same' }))), sizes, {
    padding: 'same',
  })
  const inputs = { ...values, sizes: values.weights.map(Math.abs) }
  const [z, dy, most] = evaluate([symbols.z, symbols.dy, mostOf], { inputs })
  // Each pooled value is rounded by at most one of its 11 significant bits, the last; float32 sums err far less.
  const error = (i: number): number => Math.abs((found.z[i] ?? Number.NaN) - (z?.data[i] ?? 0))
  for (const [i, sum] of (most?.data ?? []).entries()) expect(error(i)).toBeLessThanOrEqual(1.01 * 2 ** -10 * sum)
  expect(Math.max(...found.z.map((_, i) => error(i)))).toBeGreaterThan(1e-5)
  expectClose(found.dy, dy?.data ?? [], 'dy')
})
