import { describe, expect, it } from 'vitest'
import {
  assign,
  batchNormTraining,
  conv2d,
  fill,
  gradients,
  mean,
  mul,
  relu,
  square,
  sub,
  type Tensor,
  type Variable,
  zeroVariable,
} from '../src/index.ts'
import { testDevice } from './helpers/device.ts'

/** No arena may be larger than this times the most that is alive at one moment. */
const MOST_WASTE = 1.2

const DEPTH = 5
const CHANNELS = 16

/** Picks Winograd's algorithms where there are any. */
const transformed = <Candidate extends { readonly name: string }>(
  _: string,
  candidates: readonly Candidate[],
): Candidate => (candidates.find((candidate) => 'product' in candidate) ?? candidates[0]) as Candidate

/** One convolution with batch norm, all of whose parameters are trained. */
interface Layer {
  readonly weights: Variable
  readonly gamma: Variable
  readonly beta: Variable
}

const layerOf = (_: unknown, i: number): Layer => ({
  weights: zeroVariable(`weights ${i}`, [CHANNELS, CHANNELS, 3, 3]),
  gamma: zeroVariable(`gamma ${i}`, [CHANNELS]),
  beta: zeroVariable(`beta ${i}`, [CHANNELS]),
})

function forward(x: Tensor, { weights, gamma, beta }: Layer, training: boolean): Tensor {
  const y = conv2d(x, weights.value, { padding: 1 })
  if (!training) return relu(y)
  const running = { runningMean: fill(0, [CHANNELS]), runningVariance: fill(1, [CHANNELS]) }
  return relu(batchNormTraining(y, { gamma: gamma.value, beta: beta.value, ...running }).y)
}

/** The arena of a stack of convolutions, or of a step of its training, in bytes. */
async function arenaOf({ training, winograd }: { training: boolean; winograd: boolean }) {
  const device = await testDevice()
  const layers = Array.from({ length: DEPTH }, layerOf)
  const variables = layers.flatMap(({ weights, gamma, beta }) => [weights, gamma, beta])
  using program = await device.compile(
    ({ x }) => {
      const y = layers.reduce((value, layer) => forward(value, layer, training), x)
      if (!training) return { y }
      const loss = mean(square(y))
      const parameters = variables.map(({ value }) => value)
      for (const [i, gradient] of gradients(loss, parameters).entries()) {
        const variable = variables[i] as Variable
        assign(variable, sub(variable.value, mul(0.1, gradient)))
      }
      return { loss }
    },
    { x: [2, CHANNELS, 24, 24] },
    { choose: winograd ? transformed : (_, candidates) => candidates.at(-1) as (typeof candidates)[number] },
  )
  const { arenaBytes: arena, lowerBoundBytes: bound } = program
  device.forget(variables)
  return { arena, bound }
}

describe('the arena of a program', () => {
  it.each([
    { training: false, winograd: false },
    { training: false, winograd: true },
    { training: true, winograd: false },
    { training: true, winograd: true },
  ])('wastes little: %o', async (kind) => {
    const { arena, bound } = await arenaOf(kind)
    expect(arena).toBeGreaterThanOrEqual(bound)
    expect(arena).toBeLessThanOrEqual(MOST_WASTE * bound)
  })

  it('holds the transformed values of one convolution at a time, in training too', async () => {
    const plain = await arenaOf({ training: true, winograd: false })
    const transformed = await arenaOf({ training: true, winograd: true })
    // [36, 4, 2 * 6 * 6, 4] for the input and the products of one convolution, float32.
    const ofOne = 2 * 36 * CHANNELS * 72 * 4
    expect(transformed.arena).toBeLessThan(plain.arena + 1.5 * ofOne)
  })
})
