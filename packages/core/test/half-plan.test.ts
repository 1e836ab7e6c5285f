import { describe, expect, it } from 'vitest'
import {
  batchNormTraining,
  conv2d,
  gradients,
  inLayer,
  inputTensor,
  meanSquaredErrorLoss,
  mul,
  relu,
  type Tensor,
  type Variable,
  zeroVariable,
} from '../src/index.ts'
import type { AdapterTraits } from '../src/kernels/kernel.ts'
import { fuse } from '../src/plan/fuse.ts'
import type { GroupKernel } from '../src/plan/group-kernel.ts'
import { withHalfStorage } from '../src/plan/half-storage.ts'
import { halfValues } from '../src/plan/half-values.ts'
import { lower } from '../src/plan/lower.ts'
import { schedule } from '../src/plan/schedule.ts'

describe('of the values of a network', () => {
  const adapter = { kind: 'hardware', f16: true } as AdapterTraits
  const shape = [2, 8, 16, 16]
  const x = inputTensor('x', shape)
  const target = inputTensor('target', shape)
  const weights = [0, 1, 2].map((i) => zeroVariable(`w${i}`, [8, 8, 3, 3]))
  const perChannel = ['gamma', 'beta', 'mean', 'variance'].map((name) => zeroVariable(name, [8]).value)
  const [gamma, beta, runningMean, runningVariance] = perChannel as [Tensor, Tensor, Tensor, Tensor]
  const convolved = (input: Tensor, i: number): Tensor =>
    inLayer(`conv${i}`, () => conv2d(input, (weights[i] as Variable).value, { padding: 1 }))
  const normalised = (input: Tensor): Tensor =>
    inLayer('norm', () => batchNormTraining(input, { gamma, beta, runningMean, runningVariance }).y)

  /** What is stored as f16, by layer and operation, of a graph computed by an algorithm of each convolution. */
  function halvesOf(roots: readonly Tensor[], algorithm: RegExp): string[] {
    const choose = <Candidate extends { readonly name: string }>(_: string, candidates: readonly Candidate[]) =>
      candidates.find(({ name }) => algorithm.test(name)) ?? (candidates[0] as Candidate)
    const lowered = lower(roots, { adapter, choose })
    return [...halfValues(schedule(fuse(lowered, 8)), lowered)].map(({ layer, op }) => `${layer} ${op.name}`)
  }

  it('those between layers are f16, but neither its result nor its arranged weights', () => {
    const y = convolved(relu(convolved(relu(convolved(x, 0)), 1)), 2)
    expect(halvesOf([y], /direct/)).toEqual([' relu', ' relu'])
  })

  it("those that Winograd's algorithms transform are float32", () => {
    const y = convolved(relu(convolved(x, 0)), 1)
    expect(halvesOf([y], /winograd/)).toEqual([' relu'])
  })

  it('in training those are f16 that layers hand on and gradients need, but no gradients, statistics or losses', () => {
    const loss = meanSquaredErrorLoss(convolved(relu(normalised(convolved(x, 0))), 1), target)
    const parameters = [...weights.slice(0, 2).map(({ value }) => value), gamma, beta]
    const halves = halvesOf([loss, ...gradients(loss, parameters)], /direct/)
    expect(halves).toEqual(['conv0 conv2d', ' relu'])
  })

  it('those that are outputs too, or are made of gradients, are float32', () => {
    const inner = relu(convolved(x, 0))
    const y = convolved(inner, 1)
    const [dx = y] = gradients(meanSquaredErrorLoss(y, target), [inner])
    expect(halvesOf([y, inner, convolved(mul(dx, inner), 2)], /direct/)).toEqual([])
  })
})

describe('the text of a kernel with f16 in memory', () => {
  const [a, b] = ['a', 'b'].map((name) => inputTensor(name, [4])) as [Tensor, Tensor]
  const declare = (binding: number, name: string, element: string): string =>
    `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<${element}>;`
  const convert = (body: string, halves: readonly Tensor[], elements: readonly [string, string]): string => {
    const wgsl = `${declare(0, 'x', elements[0])}\n${declare(1, 'out', elements[1])}\n${body}`
    const kernel: GroupKernel = { name: 'k', workgroups: [1, 1, 1], operands: [a, b], wgsl }
    return withHalfStorage(kernel, new Set(halves)).wgsl
  }

  it('reads in float32, whatever stands in the brackets, and leaves other arrays and names alone', () => {
    const text = convert(
      'let v = x[x[i] + lanes[0]][j % 4u] + corner.x + ax[0]; if (x[1] == v) { }',
      [a],
      ['vec4f', 'f32'],
    )
    expect(text).toBe(
      [
        'enable f16;',
        declare(0, 'x', 'vec4<f16>'),
        declare(1, 'out', 'f32'),
        'let v = vec4f(x[vec4f(x[i]) + lanes[0]])[j % 4u] + corner.x + ax[0]; if (vec4f(x[1]) == v) { }',
      ].join('\n'),
    )
  })

  it('stores within the range of f16', () => {
    const text = convert('out[i / 4u] = v0 + x[i];', [a, b], ['f32', 'f32'])
    expect(text).toContain('out[i / 4u] = half_f32(v0 + f32(x[i]));')
    expect(text).toMatch(/fn half_f32\(value: f32\) -> f16 \{\n.*65504/)
    expect(text).not.toContain('half_vec4f')
  })

  it('is the same where no operand is f16', () => {
    expect(convert('out[i] = x[i];', [], ['f32', 'f32'])).not.toContain('f16')
  })
})
