import { describe, expect, it } from 'vitest'
import { basisOf, standingsOf } from '../src/standings.ts'
import { exampleAdapter, exampleCeilings, exampleComparison } from './example-result.ts'

describe('standings', () => {
  it('count core-seconds on a software adapter and seconds on a hardware one', () => {
    expect(basisOf(exampleAdapter)).toBe('core-s')
    expect(basisOf({ traits: { ...exampleAdapter.traits, kind: 'hardware' } })).toBe('s')
  })

  it('give the rate of operations and its share of the ceiling in the basis', () => {
    const [ours, slow] = standingsOf(exampleComparison(), exampleCeilings, 'core-s')
    expect([ours?.gigaflops, ours?.shareOfCeiling]).toEqual([4, 0.5])
    expect([slow?.gigaflops, slow?.shareOfCeiling]).toEqual([0.5, 0.0625])
    const [byTheClock] = standingsOf(exampleComparison(), exampleCeilings, 's')
    expect([byTheClock?.gigaflops, byTheClock?.shareOfCeiling]).toEqual([4, 0.25])
  })

  it('give no share of the adapter to a side on the processor, and no ratio to ours itself', () => {
    const [ours, slow, native] = standingsOf(exampleComparison(), exampleCeilings, 'core-s')
    expect(native?.gigaflops).toBe(8)
    expect(native?.shareOfCeiling).toBeUndefined()
    expect(ours?.ratio).toBeUndefined()
    expect([slow?.ratio?.perCoreSecond, native?.ratio?.perCoreSecond]).toEqual([8, 0.5])
  })

  it('give no operations where the workload tells none', () => {
    const variant = { name: '8x8', items: 1, when: 'always' } as const
    const [ours] = standingsOf(exampleComparison({ variant }), exampleCeilings, 'core-s')
    expect(ours?.gigaflops).toBeUndefined()
  })
})
