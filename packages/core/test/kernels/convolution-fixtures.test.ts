import { afterAll, describe, expect, test } from 'vitest'
import { forwardAlgorithms, weightGradientAlgorithms } from '../../src/kernels/algorithms.ts'
import { inputGradientAsForward } from '../../src/kernels/conv2d-geometry.ts'
import type { ConvolutionSpec } from '../../src/kernels/convolution.ts'
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from '../../src/reference/convolution.ts'
import type { Values } from '../../src/reference/values.ts'
import { readCases } from '../helpers/fixtures.ts'
import { caseOf, expectClose, showCase, singles } from './convolution-cases.ts'
import { everyAlgorithm, runForward, runWeightGradient } from './convolution-run.ts'
import { valuesOf } from './fixtures.ts'
import { closeDevice } from './run-kernel.ts'

const TIMEOUT_MILLISECONDS = 1_200_000

interface Fixture {
  readonly name: string
  readonly spec: ConvolutionSpec
  readonly bias: Values
  /** x, w, the gradient `seed` of y, and what PyTorch made of them. */
  readonly tensor: (name: 'x' | 'w' | 'seed' | 'y' | 'd_x' | 'd_w') => Values
}

async function readConvolutions(): Promise<Fixture[]> {
  const cases = await readCases('ops')
  return cases
    .filter(({ attributes }) => attributes.op === 'conv2d')
    .map((each) => {
      const {
        stride,
        padding: p,
        dilation = 1,
      } = each.attributes as { stride: number; padding: number; dilation?: number }
      const spec = caseOf(valuesOf(each, 'x').shape, valuesOf(each, 'w').shape, {
        stride: [stride, stride],
        dilation: [dilation, dilation],
        padding: [p, p, p, p],
      })
      return { name: each.name, spec, bias: valuesOf(each, 'b'), tensor: (part) => valuesOf(each, part) }
    })
}

/** y without the bias, which is no part of the kernels. */
function withoutBias({ spec, bias, tensor }: Fixture): Values {
  const { shape, data } = tensor('y')
  return {
    shape,
    data: data.map((value, index) => value - (bias.data[Math.floor(index / (spec.oh * spec.ow)) % spec.k] as number)),
  }
}

afterAll(closeDevice)

const convolutions = await readConvolutions()

test.skipIf(convolutions.length === 0)('PyTorch has values for convolutions', () => {
  expect(convolutions.map(({ name }) => name)).toContain('conv2d_dilated')
})

describe.each(convolutions)('PyTorch on $name', (fixture) => {
  const { spec, tensor } = fixture
  const [x, w, dy] = [tensor('x'), tensor('w'), tensor('seed')]

  test('agrees with the reference', () => {
    expectClose(conv2d([x, w], spec).data, withoutBias(fixture), showCase(spec))
    expectClose(
      conv2dInputGradient([dy, w], { ...spec, size: [spec.h, spec.w] }).data,
      tensor('d_x'),
      `d_x: ${showCase(spec)}`,
    )
    expectClose(
      conv2dWeightGradient([x, dy], { ...spec, kernel: [spec.r, spec.s] }).data,
      tensor('d_w'),
      `d_w: ${showCase(spec)}`,
    )
  })

  test(
    'agrees with every algorithm that there is for it',
    async () => {
      for (const forward of await everyAlgorithm((adapter) => forwardAlgorithms(spec, adapter))) {
        expectClose(
          await runForward(forward, spec, singles(x), singles(w)),
          withoutBias(fixture),
          `${forward.name}: ${showCase(spec)}`,
        )
      }
      const transposed = inputGradientAsForward(spec)
      const backwards = transposed ? await everyAlgorithm((adapter) => forwardAlgorithms(transposed, adapter)) : []
      for (const backward of backwards) {
        expectClose(
          await runForward(backward, transposed as ConvolutionSpec, singles(dy), singles(w), true),
          tensor('d_x'),
          `${backward.name}: d_x of ${showCase(spec)}`,
        )
      }
      for (const weights of await everyAlgorithm((adapter) => weightGradientAlgorithms(spec, adapter))) {
        expectClose(
          await runWeightGradient(weights, spec, singles(x), singles(dy)),
          tensor('d_w'),
          `${weights.name}: d_w of ${showCase(spec)}`,
        )
      }
    },
    TIMEOUT_MILLISECONDS,
  )
})
