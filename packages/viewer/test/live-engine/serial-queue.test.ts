import { expect, test } from 'vitest'
import { Turns } from '../../src/live-engine/serial-queue.ts'
import { never } from './helpers.ts'

test('one piece of work ends before the next begins, whether it succeeds or not', async () => {
  const turns = new Turns()
  const events: string[] = []
  const work =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      events.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 5))
      events.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const results = await Promise.allSettled([turns.take(never, work('a', true)), turns.take(never, work('b'))])
  expect(results).toMatchObject([{ reason: { message: 'a' } }, { value: 'b' }])
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

test('what is aborted rejects at once; before its turn it never begins, in its turn it keeps it until its end', async () => {
  const turns = new Turns()
  const [first, second] = [new AbortController(), new AbortController()]
  const events: string[] = []
  const { promise: end, resolve: finish } = Promise.withResolvers<void>()
  const running = turns.take(first.signal, async () => {
    events.push('first begins')
    await end
    events.push('first ends')
  })
  const waiting = turns.take(second.signal, async () => events.push('second'))
  const last = turns.take(never, async () => events.push('third'))
  await Promise.resolve()
  first.abort(new Error('first'))
  second.abort(new Error('second'))
  await expect(running).rejects.toThrow('first')
  await expect(waiting).rejects.toThrow('second')
  finish()
  await last
  expect(events).toEqual(['first begins', 'first ends', 'third'])
})
