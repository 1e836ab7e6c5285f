import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  evaluate,
  gradients,
  inputTensor,
  mul,
  reshape,
  type Shape,
  showShape,
  sizeOf,
  sum,
  type Tensor,
} from '../src/index.ts'
import { expectClose } from './helpers/compare.ts'
import { testDevice } from './helpers/device.ts'
import { operations, type Trial } from './helpers/operations.ts'

const SEED = 20261122

/** Random values that keep a distance from each other and from kinks at 0, so that finite differences see a smooth function. */
function values(shape: Shape, [low, high]: readonly [number, number], generator: { next(): number }): Float32Array {
  const count = sizeOf(shape)
  const order = Array.from({ length: count }, (_, i) => i).sort(() => generator.next() - 0.5)
  return Float32Array.from(order, (rank) => low + ((rank + 0.3 + 0.4 * generator.next()) / count) * (high - low))
}

/** Mulberry32: random numbers for test values that a seed repeats. */
function generatorOf(seed: number): { next(): number } {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { next }
}

/** The trial's output, its weighted sum, and the gradient of that for each input. */
function build({ build: op }: Trial, inputs: readonly Tensor[], seed: Tensor): Record<string, Tensor> {
  const y = op(...inputs)
  const found = gradients(y, inputs, seed)
  return { y, ...Object.fromEntries(found.map((gradient, i) => [`d${i}`, gradient])) }
}

const named = (shapes: readonly Shape[]) => Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape]))

function prepare(trial: Trial) {
  const generator = generatorOf(SEED)
  const shapes = named(trial.shapes)
  const inputs = Object.entries(shapes).map(([name, shape]) => inputTensor(name, shape))
  const outputShape = trial.build(...inputs).shape
  const data = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, values(shape, trial.range ?? [-2, 2], generator)]),
  )
  return { shapes, inputs, outputShape, data: { ...data, seed: values(outputShape, [-1, 1], generator) } }
}

/** Step of the central differences: the error of float64 rounding and of the third derivative are both near 1e-10. */
const STEP = 1e-5

const sample = (trials: fc.Arbitrary<Trial>, count: number): Trial[] =>
  fc.sample(trials, { seed: SEED, numRuns: count })
const show = (name: string, trial: Trial) => `${name} of ${trial.shapes.map(showShape).join(', ')}, seed ${SEED}`

describe('gradients are those of finite differences in float64', () => {
  for (const [name, trials] of Object.entries(operations)) {
    it(name, () => {
      for (const trial of sample(trials, 6)) {
        const { inputs, outputShape, data } = prepare(trial)
        const seed = inputTensor('seed', outputShape)
        const outputs = build(trial, inputs, seed)
        const total = reshape(sum(mul(trial.build(...inputs), seed)), [])
        const results = evaluate(Object.values(outputs), { inputs: data })
        for (const [i, input] of inputs.entries()) {
          const name = `x${i}`
          const own = Float64Array.from(data[name as keyof typeof data] ?? [])
          const numeric = own.map((value, j) => {
            const at = (moved: number) =>
              evaluate([total], { inputs: { ...data, [name]: own.with(j, moved) } })[0]?.data[0] ?? Number.NaN
            return (at(value + STEP) - at(value - STEP)) / (2 * STEP)
          })
          expect(results[i + 1]?.shape).toEqual(input.shape)
          expectClose(results[i + 1]?.data ?? [], numeric, `${show(name, trial)} d${i}`, 1e-6)
        }
      }
    })
  }
})

describe('gradients of gradients are those of finite differences in float64', () => {
  for (const name of [
    'conv2d',
    'maxPool2d',
    'avgPool2d',
    'tanh',
    'mul',
    'div',
    'sigmoid',
    'softplus',
    'resizeBilinear',
    'upsampleNearest',
    'pad',
    'matmul',
    'batchNormTraining',
    'binaryCrossEntropyFromLogits',
  ]) {
    it(name, () => {
      for (const trial of sample(operations[name] as fc.Arbitrary<Trial>, 3)) {
        const { inputs, outputShape, data } = prepare(trial)
        const seed = inputTensor('seed', outputShape)
        const first = gradients(trial.build(...inputs), inputs, seed)
        const energy = first.map((gradient) => reshape(sum(mul(gradient, gradient)), [])).reduce(add)
        const second = evaluate(gradients(energy, inputs), { inputs: data })
        for (const i of inputs.keys()) {
          const key = `x${i}`
          const own = Float64Array.from(data[key as keyof typeof data] ?? [])
          const numeric = own.map((value, j) => {
            const at = (moved: number) =>
              evaluate([energy], { inputs: { ...data, [key]: own.with(j, moved) } })[0]?.data[0] ?? Number.NaN
            return (at(value + STEP) - at(value - STEP)) / (2 * STEP)
          })
          expectClose(second[i]?.data ?? [], numeric, `${show(name, trial)} second derivative by x${i}`, 1e-5)
        }
      }
    })
  }
})

describe('programs with poisoned memory agree with the float64 reference', () => {
  for (const [name, trials] of Object.entries(operations)) {
    it(name, async () => {
      const device = await testDevice()
      for (const trial of sample(trials, 3)) {
        const { shapes, inputs, outputShape, data } = prepare(trial)
        const expected = build(trial, inputs, inputTensor('seed', outputShape))
        const reference = evaluate(Object.values(expected), { inputs: data })
        using program = await device.compile(
          ({ seed, ...leaves }) => build(trial, Object.values(leaves), seed as Tensor),
          { ...shapes, seed: outputShape },
          { poison: true, choose: (_, candidates) => candidates.at(-1) as (typeof candidates)[number] },
        )
        const results = await program.run(data)
        for (const [i, key] of Object.keys(expected).entries())
          expectClose(results[key] ?? [], reference[i]?.data ?? [], `${show(name, trial)} ${key}`)
      }
    })
  }
})
