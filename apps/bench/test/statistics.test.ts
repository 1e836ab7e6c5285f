import { describe, expect, it } from 'vitest'
import { median, ratios, summarise } from '../src/statistics.ts'

describe('statistics', () => {
  it('takes the middle of an odd number of values, whatever their order and number of digits', () => {
    expect(median([100, 9, 20])).toBe(20)
  })

  it('takes the mean of the two in the middle of an even number of values', () => {
    expect(median([4, 1, 3, 20])).toBe(3.5)
  })

  it('knows no median of no values', () => {
    expect(() => median([])).toThrow(RangeError)
  })

  it('leaves the values as they were', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('summarises values by their median, least and most', () => {
    expect(summarise([5, 1, 2])).toEqual({ median: 2, least: 1, most: 5 })
  })

  it('compares round with round', () => {
    expect(ratios([10, 30], [5, 3])).toEqual([2, 10])
  })

  it('does not compare different numbers of rounds', () => {
    expect(() => ratios([1, 2], [1])).toThrow(RangeError)
  })
})
