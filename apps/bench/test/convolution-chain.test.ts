import { sizeOf } from '@noisescope/core'
import { expect, it } from 'vitest'
import { checkOutput, checkSameOutput } from '../src/convolution-chain/checks.ts'
import { dncnnChain } from '../src/convolution-chain/dncnn-chain.ts'
import { channelsFirst, channelsLast } from '../src/convolution-chain/layout.ts'
import { chainOperations } from '../src/convolution-chain/task.ts'

it('counts two operations for each multiply-add of a direct convolution', () => {
  expect(chainOperations([64, 64], 180 * 180)).toBe(2 * 9 * 64 * 64 * 180 * 180)
  expect(chainOperations([1, 64, 1], 10)).toBe(2 * (2 * 9 * 64 * 10))
})

it('gives every convolution of the chain its weight, its bias, and a ReLU but for the last', () => {
  const { convolutions, input, shape } = dncnnChain(4, 6)
  expect(shape).toEqual([1, 1, 4, 6])
  expect(input).toHaveLength(24)
  expect(convolutions).toHaveLength(17)
  expect(convolutions.map(({ relu }) => relu)).toEqual([...Array(16).fill(true), false])
  for (const { weight, shape: kernel, bias } of convolutions) {
    expect(weight).toHaveLength(sizeOf(kernel))
    expect(bias).toHaveLength(kernel[0])
    expect(bias.some((value) => value !== 0)).toBe(true)
  }
})

it('moves channels last and first again', () => {
  const shape = [2, 3, 2, 2] as const
  const values = Float32Array.from({ length: 24 }, (_, i) => i)
  const last = channelsLast(values, shape)
  expect([...last.slice(0, 6)]).toEqual([0, 4, 8, 1, 5, 9])
  expect(channelsFirst(last, shape)).toEqual(values)
})

it('finds out an output that was not computed, or is not that of the first side', () => {
  expect(checkOutput([0.5, 0.25])).toBeUndefined()
  expect(checkOutput([0, 0, 0])).toMatch(/same everywhere/)
  expect(checkOutput([0, Number.NaN])).toMatch(/NaN/)
  expect(checkSameOutput([1, 2.001], [1, 2])).toBeUndefined()
  expect(checkSameOutput([1, 2.01], [1, 2])).toMatch(/differ by up to/)
  expect(checkSameOutput([1], [1, 2])).toMatch(/1 and 2 samples/)
})
