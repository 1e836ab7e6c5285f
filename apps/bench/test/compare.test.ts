import { describe, expect, it } from 'vitest'
import { autoencoderStep } from '../src/autoencoder-step/workload.ts'
import { figuresOf, ratiosOf } from '../src/compare.ts'

/** A side with one round of two steps, with so many core-seconds, one of them on JavaScript's thread, and these losses. */
const side = (contender: string, coreSeconds: number, values: readonly number[]) => ({
  contender,
  library: contender,
  rounds: [{ steps: 2, seconds: 1, coreSeconds, mainThreadSeconds: 1, values }],
})

describe('a comparison', () => {
  it('counts items of the timed steps for each second and core-second', () => {
    const [ours] = figuresOf(autoencoderStep, [side('ours', 4, [0.7, 0.6, 0.5])], 48)
    expect(ours?.perSecond.median).toBe(96)
    expect(ours?.perCoreSecond.median).toBe(24)
    expect(ours?.void).toBeUndefined()
  })

  it('gives how many times as much the first side does in a core-second', () => {
    const figures = figuresOf(autoencoderStep, [side('ours', 2, [0.7, 0.6]), side('theirs', 10, [0.7, 0.6])], 48)
    expect(ratiosOf(figures)).toEqual([
      { of: 'ours', to: 'theirs', rounds: [5], median: 5, medianWithoutMainThread: 9 },
    ])
  })

  it.each([
    ['rises', [0.7, 0.8, 0.9]],
    ['stays', [0.7, 0.7]],
    ['is no number', [0.7, Number.NaN]],
  ])('is void on a side whose loss %s, and has no ratio to it', (_, losses) => {
    const figures = figuresOf(autoencoderStep, [side('ours', 1, [0.7, 0.6]), side('theirs', 1, losses)], 48)
    expect(figures[1]?.void).toMatch(/the loss did not fall/)
    expect(ratiosOf(figures)).toEqual([])
  })

  it('has no ratios at all when the first side is void', () => {
    const figures = figuresOf(autoencoderStep, [side('ours', 1, [0.7, 0.7]), side('theirs', 1, [0.7, 0.6])], 48)
    expect(ratiosOf(figures)).toEqual([])
  })

  it('is void on a side that starts from another loss than the first', () => {
    const figures = figuresOf(autoencoderStep, [side('ours', 1, [0.7, 0.6]), side('theirs', 1, [0.71, 0.6])], 48)
    expect(figures.map((figure) => figure.void !== undefined)).toEqual([false, true])
  })
})
