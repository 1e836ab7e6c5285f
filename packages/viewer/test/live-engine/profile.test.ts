import { expect, test } from 'vitest'
import { never, openSource, small, square } from './helpers.ts'

test('a live source says where the time of one pass goes, layer by layer, and shows what it showed before', async () => {
  const source = await openSource({ weights: small, image: square(20, 16) })
  const { trace } = source
  const profile = await source.profile(never)
  expect(profile.runs).toBe(1)
  expect(profile.layers.map(({ layer }) => layer)).toEqual(expect.arrayContaining(['conv_1', 'conv_2', 'conv_3']))
  expect(profile.operations).toBeGreaterThanOrEqual(2 * 20 * 16 * 9 * (4 + 16 + 4))
  expect(profile.milliseconds).toBeGreaterThan(0)
  expect(source.trace).toBe(trace)
})

test('timing that is given up rejects with the reason', async () => {
  const source = await openSource({ weights: small, image: square(20, 16) })
  await expect(source.profile(AbortSignal.abort(new DOMException('not wanted', 'AbortError')))).rejects.toThrow(
    'not wanted',
  )
})
