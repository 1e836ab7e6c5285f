import { describe, expect, it } from 'vitest'
import { constantSchedule, cosineSchedule, exponentialSchedule, stepSchedule } from '../src/index.ts'

describe('schedules', () => {
  it('a constant schedule never changes', () => {
    const schedule = constantSchedule(0.005)
    expect([0, 0.5, 100].map(schedule)).toEqual([0.005, 0.005, 0.005])
  })

  it('a step schedule falls by its factor exactly at each milestone', () => {
    const schedule = stepSchedule(1, [2, 5], 0.5)
    expect([0, 1.99, 2, 4.99, 5, 50].map(schedule)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25])
    expect(stepSchedule(1e-3, [30])(30)).toBeCloseTo(1e-4, 12)
  })

  it('an exponential schedule goes from end to end in equal ratios and stays there', () => {
    const schedule = exponentialSchedule(1e-1, 1e-4, 3)
    for (const [epoch, rate] of [
      [0, 1e-1],
      [1, 1e-2],
      [2, 1e-3],
      [3, 1e-4],
      [9, 1e-4],
    ] as const)
      expect(schedule(epoch) / rate).toBeCloseTo(1, 9)
  })

  it('a cosine schedule starts flat, is half way in the middle, and stays at its end', () => {
    const schedule = cosineSchedule(1, 0.2, 10)
    for (const [epoch, rate] of [
      [0, 1],
      [5, 0.6],
      [10, 0.2],
      [20, 0.2],
    ] as const)
      expect(schedule(epoch)).toBeCloseTo(rate, 12)
    expect(1 - schedule(0.1)).toBeLessThan(0.001)
  })

  it('no schedule rises', () => {
    for (const schedule of [stepSchedule(1, [3, 7]), exponentialSchedule(1, 0.01, 10), cosineSchedule(1, 0.01, 10)]) {
      for (let epoch = 0; epoch < 12; epoch += 0.25) expect(schedule(epoch + 0.25)).toBeLessThanOrEqual(schedule(epoch))
    }
  })
})
