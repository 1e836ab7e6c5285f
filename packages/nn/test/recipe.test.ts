import { evaluate, inputTensor, Variable } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { recipeLoss, recipeOptimiser, recipeSchedule } from '../src/index.ts'

describe('a recipe', () => {
  it('gives its learning rate by epoch', () => {
    const rates = (schedule: Parameters<typeof recipeSchedule>[0]['schedule']) =>
      [0, 29.9, 30, 50].map((epoch) => recipeSchedule({ schedule, epochs: 50 })(epoch))
    expect(rates({ kind: 'constant', rate: 0.1 })).toEqual([0.1, 0.1, 0.1, 0.1])
    expect(rates({ kind: 'step', rate: 1, milestones: [30, 40], factor: 0.5 })).toEqual([1, 1, 0.5, 0.25])
    const [start, , , end] = rates({ kind: 'exponential', from: 1e-1, to: 1e-4 })
    expect([start, end]).toEqual([expect.closeTo(1e-1, 12), expect.closeTo(1e-4, 12)])
  })

  it('gives its optimiser with the moments that this one keeps', () => {
    const parameters = [new Variable('w', [2], new Float32Array(2))]
    const stateOf = (optimiser: Parameters<typeof recipeOptimiser>[0]['optimiser']) => {
      const { name, state } = recipeOptimiser({ optimiser }, parameters)
      return [name, ...state.map((variable) => variable.name)]
    }
    expect(stateOf({ kind: 'adam', eps: 1e-8 })).toEqual(['adam', 'w.adam_m', 'w.adam_v'])
    expect(stateOf({ kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 })).toEqual(['sgd', 'w.sgd_velocity'])
  })

  it('measures the loss against the noise for a residual and against the clean image otherwise', () => {
    const shape = [1, 1, 2, 2]
    const [output, clean, noise] = ['output', 'clean', 'noise'].map((name) => inputTensor(name, shape))
    const inputs = { output: [1, 2, 3, 4], clean: [1, 2, 3, 0], noise: [0, 0, 3, 4] }
    const lossOf = (loss: 'sum-over-2n' | 'mean', target: 'clean' | 'residual') =>
      evaluate([recipeLoss({ loss }, target)(output!, { clean: clean!, noise: noise! })], { inputs })[0]?.data[0]
    expect(lossOf('sum-over-2n', 'clean')).toBe(16 / 2)
    expect(lossOf('sum-over-2n', 'residual')).toBe(5 / 2)
    expect(lossOf('mean', 'clean')).toBe(16 / 4)
    expect(lossOf('mean', 'residual')).toBe(5 / 4)
  })
})
