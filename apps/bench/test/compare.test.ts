import { describe, expect, it } from 'vitest'
import { compare, figuresOf, ratiosOf } from '../src/compare.ts'
import type { SideRequest, SideResult } from '../src/processes/run-side.ts'
import { checkLoss, checkSameLoss } from '../src/training/checks.ts'
import type { Workload } from '../src/workload.ts'
import { roundOf, sideOf, trusting } from './example-result.ts'

/** Steps of a training whose first and last losses are these. */
const training = { check: checkLoss, checkSame: checkSameLoss }

const trained = (side: string, first: number, last: number) => ({
  ...sideOf(side, []),
  rounds: [roundOf(1, [first], [last])],
})

describe('figures', () => {
  it('count items of the timed steps for each second and core-second', () => {
    const [ours] = figuresOf(trusting, [sideOf('ours', [4])], 48)
    expect(ours?.perSecond.median).toBe(48)
    expect(ours?.perCoreSecond.median).toBe(12)
    expect(ours?.void).toBeUndefined()
  })

  it('give how many times as much the first side does in a core-second, with and without the thread of JavaScript', () => {
    const ours = { ...sideOf('ours', []), rounds: [{ ...roundOf(2), mainThreadSeconds: 1 }] }
    const theirs = { ...sideOf('theirs', []), rounds: [{ ...roundOf(10), seconds: 3, mainThreadSeconds: 1 }] }
    expect(ratiosOf(figuresOf(trusting, [ours, theirs], 48))).toEqual([
      { of: 'ours', to: 'theirs', rounds: [5], perCoreSecond: 5, perSecond: 3, withoutMainThread: 9 },
    ])
  })

  it.each([
    ['rises', 0.7, 0.9],
    ['stays', 0.7, 0.7],
    ['is no number', 0.7, Number.NaN],
  ])('are void on a side whose loss %s, which has no ratio', (_, first, last) => {
    const figures = figuresOf(training, [trained('ours', 0.7, 0.5), trained('theirs', first, last)], 48)
    expect(figures[1]?.void).toMatch(/the loss did not fall/)
    expect(ratiosOf(figures)).toEqual([])
  })

  it('have no ratios at all when the first side is void', () => {
    const figures = figuresOf(training, [trained('ours', 0.7, 0.7), trained('theirs', 0.7, 0.6)], 48)
    expect(ratiosOf(figures)).toEqual([])
  })

  it('are void on a side that starts from another loss than the first', () => {
    const figures = figuresOf(training, [trained('ours', 0.7, 0.6), trained('theirs', 0.71, 0.6)], 48)
    expect(figures.map((figure) => figure.void !== undefined)).toEqual([false, true])
  })
})

describe('a comparison', () => {
  const workload: Workload = {
    name: 'nothing',
    title: 'nothing at all',
    unit: 'steps',
    variants: [],
    sides: [],
    start: () => Promise.reject(new Error('no side is started here')),
    ...trusting,
  }
  const variant = { name: 'small', items: 1, when: 'always' } as const
  const length = { steps: 1, seconds: 0 }

  /** Answers for sides that run on these adapters. */
  const onAdapters =
    (adapters: Readonly<Record<string, string>>) =>
    async ({ side }: SideRequest): Promise<SideResult> => {
      const adapter = adapters[side]
      if (adapter === undefined) throw new Error(`${side} does not start`)
      return { library: side, place: 'webgpu', adapter, round: roundOf(1) }
    }

  it('runs its sides one after another, round by round', async () => {
    const order: string[] = []
    const run = async (request: SideRequest): Promise<SideResult> => {
      order.push(request.side)
      return { library: request.side, place: 'webgpu', round: roundOf(1) }
    }
    await compare(workload, variant, { length, rounds: 2, sides: ['ours', 'theirs'], run })
    expect(order).toEqual(['ours', 'theirs', 'ours', 'theirs'])
  })

  it('leaves out a peer that does not start, with its reason, and goes on with the others', async () => {
    const run = onAdapters({ ours: 'a', other: 'a' })
    const { sides, absent, ratios } = await compare(workload, variant, {
      length,
      rounds: 2,
      sides: ['ours', 'broken', 'other'],
      run,
    })
    expect(absent).toEqual([{ side: 'broken', reason: 'broken does not start' }])
    expect(sides.map(({ side, rounds }) => [side, rounds.length])).toEqual([
      ['ours', 2],
      ['other', 2],
    ])
    expect(ratios.map(({ to }) => to)).toEqual(['other'])
  })

  it('leaves out a peer that is on another adapter', async () => {
    const run = onAdapters({ ours: 'a', theirs: 'b' })
    const { absent } = await compare(workload, variant, { length, rounds: 1, sides: ['ours', 'theirs'], run })
    expect(absent[0]?.reason).toMatch(/on b, others on a/)
  })

  it('fails when ours does not start', async () => {
    const run = onAdapters({ theirs: 'a' })
    await expect(compare(workload, variant, { length, rounds: 1, sides: ['ours', 'theirs'], run })).rejects.toThrow(
      'ours does not start',
    )
  })
})
