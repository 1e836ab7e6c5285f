import { describe, expect, test } from 'vitest'
import { clipBefore, dividerAfterKey, dividerAt } from '../../src/drawing/index.ts'

test('the divider follows the pointer, from edge to edge, in reading direction', () => {
  expect(dividerAt(150, 100, 200)).toBe(0.25)
  expect(dividerAt(150, 100, 200, true)).toBe(0.75)
  expect([dividerAt(0, 100, 200), dividerAt(900, 100, 200)]).toEqual([0, 1])
  expect(dividerAt(5, 5, 0)).toBe(0)
})

test('the image before the divider is cut off at it', () => {
  expect(clipBefore(0.25)).toBe('inset(0 75% 0 0)')
  expect(clipBefore(0.25, true)).toBe('inset(0 0 0 75%)')
  expect(clipBefore(1 / 3)).toBe('inset(0 66.6667% 0 0)')
})

describe('a key', () => {
  const press = (key: string, share = 0.5, shiftKey = false, rightToLeft = false) =>
    dividerAfterKey(share, { key, shiftKey }, rightToLeft)

  test('moves the divider by a hundredth, with Shift by a tenth', () => {
    expect(press('ArrowRight')).toBe(0.51)
    expect(press('ArrowLeft')).toBe(0.49)
    expect(press('ArrowUp', 0.5, true)).toBe(0.6)
    expect(press('ArrowDown', 0.5, true)).toBe(0.4)
  })

  test('to the right moves it back where one reads from right to left', () => {
    expect(press('ArrowRight', 0.5, false, true)).toBe(0.49)
    expect(press('ArrowLeft', 0.5, false, true)).toBe(0.51)
    expect(press('ArrowUp', 0.5, false, true)).toBe(0.51)
  })

  test('never moves it beyond the edges', () => {
    expect(press('ArrowRight', 1)).toBe(1)
    expect(press('ArrowLeft', 0.05, true)).toBe(0)
    expect([press('Home'), press('End')]).toEqual([0, 1])
  })

  test('and the one back end where they began, however often', () => {
    let share: number | undefined = 0.3
    for (let i = 0; i < 30; i++) share = press('ArrowRight', share)
    for (let i = 0; i < 30; i++) share = press('ArrowLeft', share)
    expect(share).toBe(0.3)
  })

  test('that is no slider’s is left to others', () => {
    expect(press('a')).toBeUndefined()
  })
})
