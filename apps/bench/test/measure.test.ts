import { expect, it } from 'vitest'
import { measure, samples } from '../src/measure.ts'

it('keeps short results whole', () => {
  expect(samples([3])).toEqual([3])
  expect(samples(Float32Array.of(1, 2, 3))).toEqual([1, 2, 3])
})

it('samples long results all over, and every column of an image', () => {
  const side = 128
  const sampled = samples(Float32Array.from({ length: side ** 2 }, (_, i) => i))
  expect(sampled).toHaveLength(256)
  const sorted = [...sampled].sort((a, b) => a - b)
  const gaps = sorted.map((value, i) => value - (sorted[i - 1] ?? 0))
  expect(Math.max(...gaps)).toBeLessThan(2 * (side ** 2 / 256))
  expect(new Set(sampled.map((index) => index % side)).size).toBeGreaterThan(side / 2)
})

it('does one step more than it times, and keeps samples of the first and the last in the order to compare', async () => {
  let done = 0
  const round = await measure(
    { step: async () => [++done, 0], inOrder: (result) => Array.from(result).toReversed(), close: () => {} },
    { steps: 3, seconds: 0 },
  )
  expect(round.steps).toBe(3)
  expect(round.first).toEqual([0, 1])
  expect(round.last).toEqual([0, 4])
})

it('adds what another process has used in the timed part', async () => {
  let used = 0
  const running = {
    step: async () => {
      used += 100
      return [1]
    },
    outside: async () => ({ coreSeconds: used, peakBytes: 2 ** 40 }),
    close: () => {},
  }
  const round = await measure(running, { steps: 2, seconds: 0 })
  expect(Math.round(round.coreSeconds / 100)).toBe(2)
  expect(round.peakBytes).toBeGreaterThan(2 ** 40)
})
