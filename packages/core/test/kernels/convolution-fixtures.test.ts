import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, test } from 'vitest'
import { forwardAlgorithms, weightGradientAlgorithms } from '../../src/kernels/algorithms.ts'
import { inputGradientAsForward } from '../../src/kernels/conv2d-geometry.ts'
import type { ConvolutionSpec } from '../../src/kernels/convolution.ts'
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from '../../src/reference/convolution.ts'
import type { Values } from '../../src/reference/values.ts'
import { caseOf, expectClose, showCase, singles } from './convolution-cases.ts'
import { runForward, runWeightGradient } from './convolution-run.ts'
import { adapterTraits, closeDevice } from './run-kernel.ts'

const FIXTURES = fileURLToPath(new URL('../../../../../shared/fixtures/ops.safetensors', import.meta.url))

const TIMEOUT_MILLISECONDS = 60_000

interface Fixture {
  readonly name: string
  readonly spec: ConvolutionSpec
  readonly bias: Values
  /** x, w, the gradient `seed` of y, and what PyTorch made of them. */
  readonly tensor: (name: 'x' | 'w' | 'seed' | 'y' | 'd_x' | 'd_w') => Values
}

function readFixtures(): Fixture[] {
  if (!existsSync(FIXTURES)) {
    if (process.env.CI === 'true') throw new Error(`${FIXTURES} is missing`)
    console.log(`no PyTorch values for convolutions: ${FIXTURES} is missing`)
    return []
  }
  const file = readFileSync(FIXTURES)
  const headerLength = Number(file.readBigUInt64LE(0))
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString())
  const values = (name: string): Values => {
    const {
      shape,
      data_offsets: [begin, end],
    } = header[name]
    const bytes = file.subarray(8 + headerLength + begin, 8 + headerLength + end)
    return { shape, data: Float64Array.from(new Float32Array(Uint8Array.from(bytes).buffer)) }
  }
  const cases = Object.entries<{ op: string; stride: number; padding: number; dilation?: number }>(
    JSON.parse(header.__metadata__.cases),
  )
  return cases
    .filter(([, { op }]) => op === 'conv2d')
    .map(([name, { stride, padding: p, dilation = 1 }]) => {
      const tensor = (part: string): Values => values(`${name}/${part}`)
      const spec = caseOf(tensor('x').shape, tensor('w').shape, {
        stride: [stride, stride],
        dilation: [dilation, dilation],
        padding: [p, p, p, p],
      })
      return { name, spec, bias: tensor('b'), tensor }
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

describe.each(readFixtures())('PyTorch on $name', (fixture) => {
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
    'agrees with the kernels that would be chosen',
    async () => {
      const adapter = await adapterTraits()
      for (const forward of forwardAlgorithms(spec, adapter).slice(0, 1)) {
        expectClose(
          await runForward(forward, spec, singles(x), singles(w)),
          withoutBias(fixture),
          `${forward.name}: ${showCase(spec)}`,
        )
      }
      const transposed = inputGradientAsForward(spec)
      for (const backward of transposed ? forwardAlgorithms(transposed, adapter).slice(0, 1) : []) {
        expectClose(
          await runForward(backward, transposed as ConvolutionSpec, singles(dy), singles(w), true),
          tensor('d_x'),
          `${backward.name}: d_x of ${showCase(spec)}`,
        )
      }
      for (const weights of weightGradientAlgorithms(spec, adapter).slice(0, 1)) {
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
