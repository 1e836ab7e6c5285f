import { afterAll, describe, expect, test } from 'vitest'
import { forwardAlgorithms } from '../../src/kernels/algorithms.ts'
import { directConvolution } from '../../src/kernels/conv2d-direct.wgsl.ts'
import type { ConvolutionAlgorithm, ConvolutionSpec, WinogradAlgorithm } from '../../src/kernels/convolution.ts'
import { type WinogradSize, winogradMatrices } from '../../src/kernels/winograd.ts'
import { winogradByLanes, winogradByTiles, winogradGradientByLanes } from '../../src/kernels/winograd-algorithms.ts'
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from '../../src/reference/convolution.ts'
import { caseOf, expectClose, randomValues, showCase, singles } from './convolution-cases.ts'
import { runForward, runWeightGradient } from './convolution-run.ts'
import { adapterTraits, closeDevice } from './run-kernel.ts'

afterAll(closeDevice)

const same = { padding: [1, 1, 1, 1] as [number, number, number, number] }

/** Tiles that end inside and outside the image, odd channels, one pixel, uneven padding, several images. */
const cases: readonly ConvolutionSpec[] = [
  caseOf([1, 8, 16, 16], [16, 8, 3, 3], same),
  caseOf([3, 9, 14, 13], [35, 9, 3, 3], same),
  caseOf([1, 5, 1, 1], [3, 5, 3, 3], same),
  caseOf([2, 12, 9, 20], [8, 12, 3, 3]),
  caseOf([1, 6, 7, 11], [40, 6, 3, 3], { padding: [2, 0, 2, 1] }),
]

const byTiles = ([4, 2] as const).flatMap((size) => [
  winogradByTiles(size, { channelQuads: 1, groups: 4 }),
  winogradByTiles(size, { channelQuads: 2, groups: 2 }),
])

/** Every way that runs on the adapter under test. */
async function algorithms(): Promise<WinogradAlgorithm[]> {
  const { subgroups } = await adapterTraits()
  const fixed = subgroups !== undefined && subgroups.min === subgroups.max
  return fixed ? [winogradByLanes(4, 16, 2), winogradByLanes(2, 16, 4), winogradByLanes(4, 32, 8), ...byTiles] : byTiles
}

describe("Winograd's algorithms give the reference values", () => {
  test.each(cases.map((spec) => [showCase(spec), spec] as const))('for %s', async (_, spec) => {
    const x = randomValues([spec.n, spec.c, spec.h, spec.w], 1)
    const w = randomValues([spec.k, spec.c, spec.r, spec.s], 2)
    const y = conv2d([x, w], spec)
    for (const algorithm of await algorithms()) {
      expectClose(await runForward(algorithm, spec, singles(x), singles(w)), y, algorithm.name)
    }
  })

  test('for the input gradient, with channels swapped and taps flipped', async () => {
    const forward = caseOf([1, 9, 12, 15], [12, 9, 3, 3], same)
    const dy = randomValues([1, 12, 12, 15], 3)
    const w = randomValues([12, 9, 3, 3], 4)
    const dx = conv2dInputGradient([dy, w], { ...forward, size: [12, 15] })
    const spec = caseOf([1, 12, 12, 15], [9, 12, 3, 3], same)
    for (const algorithm of await algorithms()) {
      expectClose(await runForward(algorithm, spec, singles(dy), singles(w), true), dx, algorithm.name)
    }
  })
})

describe("Winograd's weight gradient gives the reference values", () => {
  test.each(cases.map((spec) => [showCase(spec), spec] as const))('for %s', async (_, spec) => {
    const { subgroups } = await adapterTraits()
    if (subgroups === undefined || subgroups.min !== subgroups.max) return
    const x = randomValues([spec.n, spec.c, spec.h, spec.w], 1)
    const dy = randomValues([spec.n, spec.k, spec.oh, spec.ow], 2)
    const dw = conv2dWeightGradient([x, dy], { ...spec, kernel: [spec.r, spec.s] })
    for (const outputs of [4, 16, 32]) {
      const algorithm = winogradGradientByLanes(outputs)
      expectClose(await runWeightGradient(algorithm, spec, singles(x), singles(dy)), dw, algorithm.name)
    }
  })
})

/** Root of the mean square of what a way of computing a convolution leaves, over that of the result. */
async function errorOf(algorithm: ConvolutionAlgorithm | WinogradAlgorithm): Promise<number> {
  const spec = caseOf([1, 64, 24, 24], [32, 64, 3, 3], same)
  const x = randomValues([1, 64, 24, 24], 5)
  const w = randomValues([32, 64, 3, 3], 6)
  const exact = conv2d(
    [
      { ...x, data: Float64Array.from(singles(x)) },
      { ...w, data: Float64Array.from(singles(w)) },
    ],
    spec,
  )
  const y = await runForward(algorithm, spec, singles(x), singles(w))
  const square = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value * value, 0)
  return Math.sqrt(square(exact.data.map((value, i) => (y[i] as number) - value)) / square(exact.data))
}

test('tiles of four leave at most three times the error of a direct sum against float64, tiles of two no more', async () => {
  const direct = await errorOf(directConvolution(8))
  expect(direct).toBeGreaterThan(0)
  expect(await errorOf(winogradByTiles(2, { channelQuads: 1, groups: 4 }))).toBeLessThan(1.5 * direct)
  expect(await errorOf(winogradByTiles(4, { channelQuads: 1, groups: 4 }))).toBeLessThan(3 * direct)
})

describe('the matrices', () => {
  const column = (matrix: readonly (readonly number[])[], values: readonly number[]): number[] =>
    matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * (values[i] as number), 0))

  test.each([2, 4] as const)('compute %i outputs of a filter of three taps', (size: WinogradSize) => {
    const { input, kernel, output } = winogradMatrices(size)
    const pixels = Array.from({ length: size + 2 }, (_, i) => Math.sin(1 + i))
    const taps = [0.3, -1.1, 0.7]
    const [transformed, weights] = [column(input, pixels), column(kernel, taps)]
    const outputs = column(
      output,
      transformed.map((value, i) => value * (weights[i] as number)),
    )
    for (const [i, value] of outputs.entries()) {
      const expected = taps.reduce((sum, tap, t) => sum + tap * (pixels[i + t] as number), 0)
      expect(value).toBeCloseTo(expected, 12)
    }
  })

  test('of two outputs are those of the literature, up to signs that cancel', () => {
    const { input } = winogradMatrices(2)
    expect(input.map((row) => row.map((value) => Math.abs(value)))).toEqual([
      [1, 0, 1, 0],
      [0, 1, 1, 0],
      [0, 1, 1, 0],
      [0, 1, 0, 1],
    ])
  })
})

test('a stride, a dilation, other taps and a ban exclude them, and so does a transformed input larger than 64 MiB', async () => {
  const adapter = await adapterTraits()
  const transformed = (spec: ConvolutionSpec, winograd = true): boolean =>
    forwardAlgorithms(spec, adapter, { winograd }).some((algorithm) => 'product' in algorithm)
  const spec = caseOf([1, 16, 32, 32], [16, 16, 3, 3], same)
  expect(transformed(spec)).toBe(true)
  expect(transformed(spec, false)).toBe(false)
  expect(transformed(caseOf([1, 16, 32, 32], [16, 16, 3, 3], { ...same, stride: [2, 2] }))).toBe(false)
  expect(transformed(caseOf([1, 16, 32, 32], [16, 16, 3, 3], { ...same, dilation: [2, 2] }))).toBe(false)
  expect(transformed(caseOf([1, 16, 32, 32], [16, 16, 5, 5], same))).toBe(false)
  expect(transformed(caseOf([1, 64, 1024, 1024], [64, 64, 3, 3], same))).toBe(false)
})
