import { expect, test } from 'vitest'
import { shifted, showing, zoomedAbout } from '../src/images/zoom.ts'
import { LatestTask } from '../src/live-controls/latest-task.ts'
import { itemAfterKey } from '../src/ui/arrow-keys.ts'

/** A task that ends when the test says so, and what became of it. */
function task(log: string[], name: string) {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const run = async (signal: AbortSignal): Promise<void> => {
    log.push(`${name} starts`)
    signal.addEventListener('abort', () => end())
    await ended
    signal.throwIfAborted()
    log.push(`${name} ends`)
  }
  return { run, end }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))

test('of what is asked while something runs only the latest is done, after it', async () => {
  const log: string[] = []
  const latest = new LatestTask((error) => log.push(String(error)))
  const [first, second, third] = ['first', 'second', 'third'].map((name) => task(log, name)) as [
    ReturnType<typeof task>,
    ReturnType<typeof task>,
    ReturnType<typeof task>,
  ]
  latest.run(first.run, true)
  latest.run(second.run, true)
  latest.run(third.run, true)
  await settled()
  expect(log).toEqual(['first starts'])
  first.end()
  await settled()
  third.end()
  await settled()
  expect(log).toEqual(['first starts', 'first ends', 'third starts', 'third ends'])
})

test('what nothing more follows gives up what runs, without an error', async () => {
  const log: string[] = []
  const latest = new LatestTask((error) => log.push(String(error)))
  latest.run(task(log, 'first').run, true)
  const second = task(log, 'second')
  latest.run(second.run)
  second.end()
  await settled()
  expect(log).toEqual(['first starts', 'second starts', 'second ends'])
})

test('a task that fails is told, and the next one is done', async () => {
  const log: string[] = []
  const latest = new LatestTask((error) => log.push(String(error)))
  latest.run(async () => {
    throw new Error('no')
  })
  await settled()
  latest.run(async () => {
    log.push('done')
  })
  await settled()
  expect(log).toEqual(['Error: no', 'done'])
})

test('arrows move in rows and columns, with Shift by ten, in reading direction, and stay within', () => {
  const at = (key: string, place: number, options = {}) =>
    itemAfterKey(
      { key, shiftKey: false, ...options },
      { count: 64, at: place, columns: 10, rightToLeft: false, ...options },
    )
  expect(at('ArrowRight', 5)).toBe(6)
  expect(at('ArrowLeft', 5, { rightToLeft: true })).toBe(6)
  expect(at('ArrowDown', 5)).toBe(15)
  expect(at('ArrowDown', 60)).toBe(60)
  expect(at('ArrowUp', 5)).toBe(5)
  expect(at('ArrowRight', 5, { shiftKey: true })).toBe(15)
  expect(at('ArrowRight', 60, { shiftKey: true })).toBe(63)
  expect(at('ArrowRight', 63)).toBe(63)
  expect(at('Home', 5)).toBe(0)
  expect(at('End', 5)).toBe(63)
  expect(at('x', 5)).toBeUndefined()
})

test('zooming keeps the point that it is about, and never leaves the image', () => {
  const whole = { factor: 1, left: 0, top: 0 }
  const zoom = zoomedAbout(whole, 4, 0.5, 0.25)
  // Where the point is seen, as a share of the frame.
  expect((0.5 - zoom.left) * zoom.factor).toBeCloseTo(0.5, 12)
  expect((0.25 - zoom.top) * zoom.factor).toBeCloseTo(0.25, 12)
  expect(zoomedAbout(zoom, 0.01, 0.9, 0.9)).toEqual(whole)
  expect(shifted(zoom, 9, -9)).toEqual({ factor: 4, left: 0.75, top: 0 })
  const { left, top } = showing(zoom, 1, 0)
  expect([left, top]).toEqual([0.75, 0])
})
