import { describe, expect, it } from 'vitest'
import { evaluate } from '../src/graph/evaluate.ts'
import {
  abs,
  add,
  clamp,
  conv2d,
  elu,
  exp,
  fill,
  inputTensor,
  leakyRelu,
  log,
  max,
  maximum,
  maxPool2d,
  mean,
  min,
  minimum,
  mul,
  neg,
  relu,
  type Shape,
  sigmoid,
  sign,
  softplus,
  sqrt,
  sub,
  type Tensor,
  tanh,
  upsampleNearest,
} from '../src/index.ts'
import { sizeOf } from '../src/shape.ts'
import { testDevice } from './helpers/device.ts'

/** NaN by 0 / 0 has its sign bit set on some processors. */
const NEGATIVE_NAN = new Float32Array(Uint32Array.of(0xffc00000).buffer)[0] as number

/** Numbers of both signs, every third of them NaN, of one sign or the other. */
const withNan = (shape: Shape) => {
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + i))
  const words = new Uint32Array(values.buffer)
  for (let i = 0; i < values.length; i += 3) words[i] = i % 2 === 0 ? 0x7fc00000 : 0xffc00000
  return values
}

type Op = (x: Tensor) => Tensor

const elementwise: Record<string, Op> = {
  relu,
  'leaky relu': (x) => leakyRelu(x, 0.1),
  elu: (x) => elu(x, 1.3),
  sigmoid,
  tanh,
  softplus,
  exp,
  log: (x) => log(abs(x)),
  sqrt: (x) => sqrt(abs(x)),
  sign,
  abs,
  neg,
  clamp: (x) => clamp(x, -0.5, 0.5),
  'the larger of it and a number': (x) => maximum(x, 0.25),
  'the larger of a number and it': (x) => maximum(0.25, x),
  'the smaller of it and a number': (x) => minimum(x, 0.25),
  'the smaller of a number and it': (x) => minimum(0.25, x),
  sums: (x) => sub(add(x, 1), mul(x, 0.5)),
}

/** Whether each value that a model gives is NaN where it is in float64, and a number elsewhere. */
async function expectSameNan(op: Op, shape: Shape, values = withNan(shape)) {
  const device = await testDevice()
  using program = await device.compile(({ x }) => ({ y: op(x) }), { x: shape }, { poison: true })
  const { y } = await program.run({ x: values })
  const [expected] = evaluate([op(inputTensor('x', shape))], { inputs: { x: values } })
  const what = `by ${program.kernels.map(({ name }) => name).join(', ')}`
  expect([...y].map(Number.isNaN), what).toEqual([...(expected?.data ?? [])].map(Number.isNaN))
}

describe('NaN stays NaN', () => {
  for (const [name, op] of Object.entries(elementwise)) {
    it(`through ${name}`, async () => {
      expect(NEGATIVE_NAN).toBeNaN()
      // Four at once, and one by one.
      await expectSameNan(op, [2, 3, 4, 8])
      await expectSameNan(op, [1, 1, 3, 5])
    })
  }

  it.each([
    ['one thread an element', [3, 5, 4, 7], [3]],
    ['four values at once', [3, 5, 4, 8], [3]],
    ['sixty-four threads an element', [2, 3, 40, 60], [1, 2, 3]],
  ] as const)('in the least and the largest of many, by %s', async (_, shape, axes) => {
    const rows = (values: Float32Array<ArrayBuffer>) => values.fill(1, 0, values.length / 2)
    for (const op of [max, min]) {
      await expectSameNan((x) => op(x, [...axes]), shape)
      await expectSameNan((x) => op(x, [...axes]), shape, rows(withNan(shape)))
      await expectSameNan((x) => op(relu(x), [...axes]), shape, rows(withNan(shape)))
    }
  })

  it.each([
    ['tiled by windows', [2, 3, 8, 8], 2, 2],
    ['tiled by larger windows', [1, 2, 8, 8], 4, 4],
    ['of windows that overlap', [1, 2, 7, 9], 3, 2],
  ] as const)('in the maxima of an image %s', async (_, shape, size, stride) => {
    const sparse = Float32Array.from(withNan(shape), (value, i) => (i % 7 === 0 ? value : Math.cos(i)))
    await expectSameNan((x) => maxPool2d(x, { size, stride }), shape, sparse)
  })

  it('through convolutions, ReLU and pooling in one kernel, and beside them the mean', async () => {
    const shape = [1, 8, 8, 8]
    const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i === 100 ? Number.NaN : Math.sin(i)))
    const layer = (x: Tensor) => relu(conv2d(x, fill(0.1, [8, 8, 3, 3]), { padding: 'same' }))
    await expectSameNan((x) => maxPool2d(layer(layer(x))), shape, values)
    await expectSameNan((x) => mean(upsampleNearest(maxPool2d(layer(x)), 2)), shape, values)
  })

  it('in programs that store f16 between layers', async (test) => {
    const device = await testDevice()
    if (!device.info.traits.f16) test.skip('the adapter has no shader-f16')
    const shape = [1, 4, 8, 8]
    using program = await device.compile(
      ({ x, w }) => ({ y: conv2d(relu(conv2d(x, w, { padding: 'same' })), w, { padding: 'same' }) }),
      { x: shape, w: [4, 4, 3, 3] },
      { storage: 'f16' },
    )
    const x = new Float32Array(sizeOf(shape)).fill(1)
    x[8] = Number.NaN
    const { y } = await program.run({ x, w: new Float32Array(144).fill(0.1) })
    expect(y.some(Number.isNaN)).toBe(true)
    expect(y.every(Number.isNaN)).toBe(false)
  })
})
