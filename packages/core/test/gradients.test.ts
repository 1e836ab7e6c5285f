import type fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, evaluate, gradients, inputTensor, mul, reshape, sum } from '../src/index.ts'
import { checkTrial } from './helpers/check-trial.ts'
import { expectClose } from './helpers/compare.ts'
import { operations, type Trial } from './helpers/operations.ts'
import { build, prepare, sample, show } from './helpers/trials.ts'

/** Step of the central differences: the error of float64 rounding and of the third derivative are both near 1e-10. */
const STEP = 1e-5

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
      for (const trial of sample(trials, 3)) await checkTrial(name, trial)
    })
  }
})
