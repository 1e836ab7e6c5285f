import { expect, test } from 'vitest'
import { formatCount, formatValue, roundedUp } from '../src/index.ts'

test.each([
  [0.5, '0.5'],
  [0, '0'],
  [-0, '0'],
  [-12.345, '−12.3'],
  [1234.5, '1230'],
  [0.000012, '1.2e−5'],
  [99_999, '1e5'],
  [Number.NaN, 'NaN'],
])('the value %d reads %s', (value, text) => {
  expect(formatValue(value)).toBe(text)
})

test('counts have their thousands separated', () => {
  expect(formatCount(1234567)).toBe('1,234,567')
})

test.each([
  [0.8, 0.8],
  [Math.fround(0.8), 0.8],
  [0.81, 1],
  [1.2, 1.5],
  [0.0031, 0.004],
  [87, 100],
])('the round number from %d up is %d', (value, rounded) => {
  expect(roundedUp(value)).toBe(rounded)
})
