import { expect, test } from 'vitest'
import { frameScheduler } from '../../src/drawing/index.ts'

/** Frames that come when the test says so. */
function testClock() {
  const waiting = new Map<number, () => void>()
  let handles = 0
  return {
    requestAnimationFrame(callback: () => void): number {
      waiting.set(++handles, callback)
      return handles
    },
    cancelAnimationFrame(handle: number): void {
      waiting.delete(handle)
    },
    get requested(): number {
      return waiting.size
    },
    frame(): void {
      const callbacks = [...waiting.values()]
      waiting.clear()
      for (const callback of callbacks) callback()
    },
  }
}

test('of many drawings of one thing only the last is drawn, once, at the next frame', () => {
  const clock = testClock()
  const scheduler = frameScheduler(clock)
  const drawn: string[] = []
  for (const name of ['a', 'b', 'c']) scheduler.schedule('map', () => drawn.push(name))
  scheduler.schedule('bar', () => drawn.push('bar'))
  expect(drawn).toEqual([])
  expect(clock.requested).toBe(1)
  clock.frame()
  expect(drawn).toEqual(['c', 'bar'])
  clock.frame()
  expect(drawn).toEqual(['c', 'bar'])
})

test('a drawing that a drawing asks for comes a frame later', () => {
  const clock = testClock()
  const scheduler = frameScheduler(clock)
  const drawn: string[] = []
  scheduler.schedule('map', () => {
    drawn.push('first')
    scheduler.schedule('map', () => drawn.push('second'))
  })
  clock.frame()
  expect(drawn).toEqual(['first'])
  clock.frame()
  expect(drawn).toEqual(['first', 'second'])
})

test('what was given up is not drawn, and no frame is asked for in vain', () => {
  const clock = testClock()
  const scheduler = frameScheduler(clock)
  const drawn: string[] = []
  scheduler.schedule('map', () => drawn.push('map'))
  scheduler.schedule('bar', () => drawn.push('bar'))
  scheduler.cancel('map')
  expect(clock.requested).toBe(1)
  scheduler.cancel()
  expect(clock.requested).toBe(0)
  scheduler.schedule('bar', () => drawn.push('bar again'))
  clock.frame()
  expect(drawn).toEqual(['bar again'])
})
