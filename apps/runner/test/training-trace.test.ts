import { expect, test } from 'vitest'
import { historyOf } from '../src/training-trace.ts'

test('a short run has the loss of every step', () => {
  expect(historyOf([3, 2, 1], [2.5], 2)).toEqual({
    steps: [1, 2, 3],
    loss: [3, 2, 1],
    validation: { steps: [2], values: [2.5] },
  })
})

test('a long run has means over stretches of steps, the last of which may be shorter', () => {
  const { steps, loss, validation } = historyOf(
    Array.from({ length: 4001 }, (_, i) => i),
    [],
    100,
  )
  expect(steps).toHaveLength(1334)
  expect(steps.slice(0, 2)).toEqual([3, 6])
  expect(loss.slice(0, 2)).toEqual([1, 4])
  expect([steps.at(-1), loss.at(-1)]).toEqual([4001, 3999.5])
  expect(validation).toBeUndefined()
})
