import { describe, expect, it } from 'vitest'
import {
  add,
  assign,
  avgPool2d,
  concat,
  conv2d,
  gradients,
  inLayer,
  inputTensor,
  matmul,
  maxPool2d,
  relu,
  reshape,
  resizeBilinear,
  type Shape,
  slice,
  sub,
  sum,
  type Tensor,
  upsampleNearest,
  zeroVariable,
} from '../src/index.ts'
import { fuse } from '../src/plan/fuse.ts'
import { operationsOf, workOf } from '../src/profile/work.ts'
import { sizeOf } from '../src/shape.ts'
import { testDevice } from './helpers/device.ts'

const input = (shape: Shape): Tensor => inputTensor('x', shape)
const bytesOf = ({ shape }: Tensor): number => 4 * sizeOf(shape)

describe('operations', () => {
  it('of a convolution are two for each product, as many for both of its gradients', () => {
    const x = input([2, 3, 11, 9])
    const weights = inputTensor('weights', [5, 3, 3, 3])
    const y = conv2d(x, weights, { padding: 1, stride: 2 })
    const [dx, dw] = gradients(sum(y), [x, weights])
    const expected = 2 * (2 * 5 * 6 * 5) * (3 * 3 * 3)
    expect([y, dx, dw].map((tensor) => operationsOf(tensor as Tensor))).toEqual([expected, expected, expected])
  })

  it('of a matrix product are two for each product, whichever side is transposed', () => {
    expect(operationsOf(matmul(input([4, 7, 5]), input([4, 5, 6])))).toBe(2 * 4 * 7 * 6 * 5)
    expect(operationsOf(matmul(input([5, 7]), input([6, 5]), { transposeA: true, transposeB: true }))).toBe(
      2 * 7 * 6 * 5,
    )
  })

  it('of reductions and poolings are one for each element that they take', () => {
    expect(operationsOf(sum(input([3, 8]), [1]))).toBe(24)
    const x = input([1, 2, 8, 8])
    for (const pool of [maxPool2d, avgPool2d]) {
      const pooled = pool(x)
      const [gradient] = gradients(sum(pooled), [x])
      expect([operationsOf(pooled), operationsOf(gradient as Tensor)]).toEqual([128, 128])
    }
  })

  it('of moving values are none', () => {
    const x = input([1, 2, 4, 4])
    expect([concat([x, x], 1), slice(x, [0, 0, 0, 0], [1, 1, 2, 2]), upsampleNearest(x, 2)].map(operationsOf)).toEqual([
      0, 0, 0,
    ])
  })

  it('of bilinear resizing are four products and four sums for each pixel of the larger image', () => {
    const x = input([1, 1, 2, 2])
    const resized = resizeBilinear(x, [4, 6])
    const [gradient] = gradients(sum(resized), [x])
    expect([operationsOf(resized), operationsOf(gradient as Tensor)]).toEqual([8 * 24, 8 * 24])
  })
})

describe('the work of a group', () => {
  it('counts every operand once and every fused operation', () => {
    const x = input([4, 4])
    const y = relu(add(add(x, x), 1))
    const [group] = fuse([y], 8)
    expect(group && workOf(group, bytesOf)).toEqual({ operations: 3 * 16, bytes: 2 * 64 })
  })

  it('is known of every kernel of a program before it runs', async () => {
    const device = await testDevice()
    const weights = zeroVariable('weights', [4, 3, 3, 3])
    const bias = zeroVariable('bias', [4])
    using program = await device.compile(
      ({ x }) => ({
        y: inLayer('conv2d_1', () =>
          relu(add(conv2d(x, weights.value, { padding: 1 }), reshape(bias.value, [1, 4, 1, 1]))),
        ),
      }),
      { x: [2, 3, 7, 5] },
    )
    const outputs = 2 * 4 * 7 * 5
    const convolution = program.kernels.at(-1)
    expect(program.kernels.reduce((total, { operations }) => total + operations, 0)).toBe(outputs * (2 * 27 + 2))
    expect(convolution?.operations).toBe(outputs * (2 * 27 + 2))
    expect(convolution?.bytes).toBeGreaterThanOrEqual(4 * (2 * 3 * 7 * 5 + 4 * 27 + 4 + outputs))
    expect(convolution?.workgroups.every((count) => count >= 1)).toBe(true)
  })

  it('of a convolution is the same in operations by whichever algorithm', async () => {
    const device = await testDevice()
    const weights = zeroVariable('weights', [8, 8, 3, 3])
    let names: readonly string[] = []
    const operationsBy = async (name?: string): Promise<number> => {
      using program = await device.compile(
        ({ x }) => ({ y: conv2d(x, weights.value, { padding: 1 }) }),
        { x: [1, 8, 12, 12] },
        {
          choose: (_, candidates) => {
            names = candidates.map((each) => each.name)
            const [first] = candidates
            return candidates.find((each) => each.name === name) ?? (first as (typeof candidates)[number])
          },
        },
      )
      return program.kernels.reduce((total, { operations }) => total + operations, 0)
    }
    const expected = 2 * (8 * 12 * 12) * (8 * 9)
    expect(await operationsBy()).toBe(expected)
    for (const name of names) expect(await operationsBy(name), name).toBe(expected)
  })

  it('of a value that is updated in place is reading and writing it', async () => {
    const device = await testDevice()
    const state = zeroVariable('state', [64])
    using program = await device.compile(
      ({ step }) => {
        assign(state, sub(state.value, step))
        return {}
      },
      { step: [64] },
    )
    expect(program.kernels.map(({ operations, bytes }) => ({ operations, bytes }))).toEqual([
      { operations: 64, bytes: 3 * 256 },
    ])
  })
})
