import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { forwardAlgorithms, weightGradientAlgorithms } from '../../src/kernels/algorithms.ts'
import { inputGradientAsForward } from '../../src/kernels/conv2d-geometry.ts'
import type { ConvolutionSpec } from '../../src/kernels/convolution.ts'
import { arrangeWeights, conv2d, conv2dInputGradient, conv2dWeightGradient } from '../../src/reference/convolution.ts'
import { upsampleNearest } from '../../src/reference/resize.ts'
import {
  awkwardCases,
  caseOf,
  expectClose,
  randomCase,
  randomValues,
  SEED,
  showCase,
  singles,
} from './convolution-cases.ts'
import { everyAlgorithm, runArrange, runForward, runInputGradient, runWeightGradient } from './convolution-run.ts'
import { adapterTraits, closeDevice } from './run-kernel.ts'

const RANDOM_CASES = 4
const TIMEOUT_MILLISECONDS = 1_200_000

afterAll(closeDevice)

async function checkForward(spec: ConvolutionSpec): Promise<void> {
  const x = randomValues([spec.n, spec.c, spec.h, spec.w], 1)
  const w = randomValues([spec.k, spec.c, spec.r, spec.s], 2)
  const y = conv2d([x, w], spec)
  for (const algorithm of await everyAlgorithm((adapter) => forwardAlgorithms(spec, adapter))) {
    expectClose(await runForward(algorithm, spec, singles(x), singles(w)), y, `${algorithm.name}: ${showCase(spec)}`)
  }
}

async function checkInputGradient(spec: ConvolutionSpec): Promise<void> {
  const dy = randomValues([spec.n, spec.k, spec.oh, spec.ow], 3)
  const w = randomValues([spec.k, spec.c, spec.r, spec.s], 4)
  const dx = conv2dInputGradient([dy, w], { ...spec, size: [spec.h, spec.w] })
  expectClose(await runInputGradient(spec, singles(dy), singles(w)), dx, `gathered: ${showCase(spec)}`)
  const forward = inputGradientAsForward(spec)
  if (!forward) return
  const [best] = forwardAlgorithms(forward, await adapterTraits())
  if (best)
    expectClose(
      await runForward(best, forward, singles(dy), singles(w), true),
      dx,
      `transposed ${best.name}: ${showCase(spec)}`,
    )
}

async function checkWeightGradient(spec: ConvolutionSpec): Promise<void> {
  const x = randomValues([spec.n, spec.c, spec.h, spec.w], 5)
  const dy = randomValues([spec.n, spec.k, spec.oh, spec.ow], 6)
  const dw = conv2dWeightGradient([x, dy], { ...spec, kernel: [spec.r, spec.s] })
  for (const algorithm of await everyAlgorithm((adapter) => weightGradientAlgorithms(spec, adapter))) {
    expectClose(
      await runWeightGradient(algorithm, spec, singles(x), singles(dy)),
      dw,
      `${algorithm.name}: ${showCase(spec)}`,
    )
  }
}

describe.each([
  { what: 'every forward algorithm', check: checkForward },
  { what: 'the input gradient, gathered and as a transposed convolution,', check: checkInputGradient },
  { what: 'every weight gradient algorithm', check: checkWeightGradient },
])('$what gives the reference values', ({ check }) => {
  test.each(awkwardCases.map((spec) => [showCase(spec), spec] as const))(
    'for %s',
    (_, spec) => check(spec),
    TIMEOUT_MILLISECONDS,
  )

  test(
    'for random sizes, strides, dilations and paddings',
    async () => {
      await fc.assert(fc.asyncProperty(randomCase, check), { seed: SEED, numRuns: RANDOM_CASES, endOnFailure: true })
    },
    TIMEOUT_MILLISECONDS,
  )
})

describe.each([2, 4])('an upsampling by %i in the loads', (scale) => {
  /** Rows of whole quads and others, one input channel, padding that reaches far, images narrower than a quad. */
  const cases: readonly ConvolutionSpec[] = [
    caseOf([2, 9, 16, 16], [13, 9, 3, 3], { padding: [1, 1, 1, 1] }),
    caseOf([1, 1, 8, 28], [5, 1, 3, 3], { padding: [1, 1, 1, 1] }),
    caseOf([1, 8, 12, 20], [1, 8, 3, 3]),
    caseOf([3, 10, 4, 4], [20, 10, 3, 3], { padding: [2, 1, 2, 1] }),
    caseOf([1, 5, 8, 12], [4, 5, 5, 5], { padding: [2, 2, 2, 2] }),
  ]

  test.each(cases.map((spec) => [showCase(spec), spec] as const))(
    'gives what an upsampled image gives, for %s',
    async (_, spec) => {
      const { n, c, h, w, k, r, s, oh, ow } = spec
      const small = randomValues([n, c, h / scale, w / scale], 9)
      const x = upsampleNearest([small], { scale: [scale, scale] })
      const weights = randomValues([k, c, r, s], 10)
      const dy = randomValues([n, k, oh, ow], 11)
      const y = conv2d([x, weights], spec)
      const dw = conv2dWeightGradient([x, dy], { ...spec, kernel: [r, s] })
      for (const algorithm of await everyAlgorithm((adapter) => forwardAlgorithms({ ...spec, scale }, adapter)))
        expectClose(
          await runForward(algorithm, { ...spec, scale }, singles(small), singles(weights)),
          y,
          algorithm.name,
        )
      for (const algorithm of await everyAlgorithm((adapter) => weightGradientAlgorithms({ ...spec, scale }, adapter)))
        expectClose(
          await runWeightGradient(algorithm, { ...spec, scale }, singles(small), singles(dy)),
          dw,
          algorithm.name,
        )
    },
    TIMEOUT_MILLISECONDS,
  )
})

describe('arranging weights', () => {
  const spec = { ...(awkwardCases[2] as ConvolutionSpec), k: 11, c: 5, r: 3, s: 2 }

  test.each([
    { block: 8, transposed: false },
    { block: 4, transposed: true },
    { transposed: true },
    { block: 1, transposed: false },
  ])('gives the reference values for %o', async (attributes) => {
    const w = randomValues([spec.k, spec.c, spec.r, spec.s], 7)
    expectClose(
      await runArrange(spec, singles(w), attributes),
      arrangeWeights([w], attributes),
      JSON.stringify(attributes),
    )
  })

  test('puts output channel 9 of 11 in the second block of 8 and fills the block with zeros', () => {
    const w = randomValues([11, 5, 3, 2], 8)
    const { data } = arrangeWeights([w], { block: 8, transposed: false })
    const [into, tap] = [3, 4]
    const place = ((1 * 5 + into) * 6 + tap) * 8
    expect(data[place + 1]).toBe(w.data[(9 * 5 + into) * 6 + tap])
    expect([...data.subarray(place + 3, place + 8)]).toEqual([0, 0, 0, 0, 0])
  })
})
