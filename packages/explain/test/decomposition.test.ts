import {
  add,
  avgPool2d,
  concat,
  conv2d,
  div,
  elementwise,
  elu,
  evaluate,
  fill,
  gradients,
  inputTensor,
  maximum,
  maxPool2d,
  mul,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  relu,
  resizeBilinear,
  sigmoid,
  softplus,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  upsampleNearest,
  Variable,
} from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { biasTerms } from '../src/index.ts'
import { numbers } from './helpers/subjects.ts'

const SHAPE = [1, 4, 6, 6] as const
const SIZE = 4 * 6 * 6
const constant = (name: string, shape: readonly number[], seed: number): Tensor =>
  new Variable(
    name,
    shape,
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
  ).value

const offsets = constant('offsets', [1, 4, 1, 1], 1)
const weights = constant('weights', [4, 4, 3, 3], 2)
const other = constant('other', SHAPE, 3)

/** Functions of y whose values are not a product of a matrix with y. */
const functions: Record<string, (y: Tensor) => Tensor> = {
  'a convolution with bias and ReLU': (y) => relu(add(conv2d(y, weights, { padding: 'same' }), offsets)),
  'a constant less y': (y) => sub(offsets, y),
  'y less a constant': (y) => sub(y, offsets),
  'a sigmoid': (y) => sigmoid(mul(3, y)),
  'a tanh of a tanh': (y) => tanh(tanh(y)),
  'an ELU': (y) => elu(y, 0.7),
  'a softplus': (y) => softplus(y),
  'a product of two branches': (y) => mul(tanh(y), add(y, offsets)),
  'a square': (y) => mul(y, y),
  'a quotient of two branches': (y) => div(y, add(mul(y, y), 1)),
  'a constant over y': (y) => div(offsets, add(mul(y, y), 2)),
  'the larger of y and a constant': (y) => maximum(y, offsets),
  'the larger of two branches': (y) => maximum(mul(2, y), add(conv2d(y, weights, { padding: 'same' }), offsets)),
  'a concatenation with constants': (y) => concat([other, y, mul(y, y)], 1),
  'poolings and resizings': (y) =>
    add(
      upsampleNearest(maxPool2d(add(y, offsets), { size: 2 }), 2),
      resizeBilinear(avgPool2d(tanh(y), { size: 2 }), [6, 6], true),
    ),
  'shuffled and padded pixels': (y) => pad(pixelUnshuffle(pixelShuffle(add(y, 1), 2), 2), [0, 0, 1, 1], [0, 0, 1, 1]),
  'what stands still counts as a constant': (y) => mul(stopGradient(y), add(y, offsets)),
}

describe('the biases of every node make a decomposition complete', () => {
  test.each(Object.entries(functions))('%s', (_, f) => {
    const y = inputTensor('y', SHAPE)
    const output = f(y)
    const target = sum(mul(output, constant('w', output.shape, 4)))
    const terms = biasTerms(target, [y])
    const [ofInput, ...ofTerms] = gradients(target, [y, ...terms.map(({ node }) => node)])
    const parts = [sum(mul(ofInput!, y)), ...terms.map(({ bias }, i) => sum(mul(ofTerms[i]!, bias)))]
    const [whole, ...values] = evaluate([target, ...parts], { inputs: { y: numbers(SIZE, 9) } })
    const total = values.reduce((a, { data }) => a + data[0]!, 0)
    expect(whole!.data[0]).not.toBeCloseTo(values[0]!.data[0]!, 3)
    expect(total).toBeCloseTo(whole!.data[0]!, 9)
  })

  test('and a linear function has none', () => {
    const y = inputTensor('y', SHAPE)
    const linear = conv2d(sub(mul(2, y), pixelUnshuffle(pixelShuffle(y, 2), 2)), weights, { padding: 'same' })
    expect(biasTerms(sum(linear), [y])).toEqual([])
  })
})

test('an operation whose bias is not known is refused by its name', () => {
  const rounded = elementwise<null>({
    name: 'round',
    inputs: 1,
    wgsl: ([x = '']) => x,
    value: ([x = 0]) => Math.round(x),
  })
  const y = inputTensor('y', SHAPE)
  const noGradient = { ...rounded(null, y).op, gradient: undefined }
  const node = Object.assign(Object.create(Object.getPrototypeOf(y)), rounded(null, y), { op: noGradient })
  expect(() => biasTerms(sum(add(node, fill(0, SHAPE))), [y])).toThrow(/the bias of round .* is not known/)
})
