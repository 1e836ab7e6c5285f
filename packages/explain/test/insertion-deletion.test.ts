import { describe, expect, test } from 'vitest'
import { insertionDeletion } from '../src/evaluation/insertion-deletion.ts'
import { ExplainSession, pixelFilter, rectangle, region, type Subject } from '../src/index.ts'
import { mapOf } from './helpers/fixed-explainers.ts'
import { linearModel } from './helpers/linear-models.ts'
import { openTestDevice, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 11, height: 9 }
const pixels = 99

describe.each([1, 3])('of a target that is linear in an image of %i channels', (channels) => {
  const model = linearModel(channels)
  const noisy = testImage(size, channels)
  const clean = testImage(size, channels, 6)
  const subject: Subject = { noisy, clean, target: region(rectangle(size, 1, 1, 8, 7)) }
  const shape = channels === 1 ? [9, 11] : [3, 9, 11]

  /** What the noise of each value adds to the target, w_i (y_i - x_i). */
  const effects = async (session: ExplainSession): Promise<Float32Array> => {
    const [filter] = await session.explain(subject, [pixelFilter()], { layers: [] })
    return filter!.maps[0]!.data.map((weight, i) => weight * (noisy[i]! - clean[i]!))
  }
  const perPixel = (values: Float32Array): number[] =>
    Array.from({ length: pixels }, (_, p) => {
      let total = 0
      for (let i = p; i < values.length; i += pixels) total += values[i]!
      return total
    })

  test('the exact attribution has the largest area that an order can have, the sum of its greatest values', async () => {
    using session = new ExplainSession(device, model, size)
    const map = mapOf(await effects(session), shape, 'target')
    const found = await insertionDeletion(session, subject, map, { steps: 12, order: 'signed' })
    const sorted = perPixel(map.data).sort((a, b) => b - a)
    const changes = Array.from({ length: 12 }, (_, i) => sorted.slice(0, 9 * i).reduce((a, b) => a + b, 0))
    const area = (changes.reduce((a, b) => a + b, 0) - changes[11]! / 2) / 11
    for (const curve of [found.deletion, found.insertion]) {
      expect(curve.shares).toEqual(Array.from({ length: 12 }, (_, i) => (9 * i) / 99))
      for (const [i, change] of curve.changes.entries()) expect(change).toBeCloseTo(changes[i]!, 4)
      expect(curve.area).toBeCloseTo(area, 4)
      expect(curve.area).toBeGreaterThan(curve.randomArea + 3 * curve.randomDeviation)
    }
    expect(found.deletion.values[0]).toBeCloseTo(found.insertion.values[11]!, 4)
    expect(found.insertion.values[0]).toBeCloseTo(found.deletion.values[11]!, 4)
  })

  test('the order of its opposite has the smallest', async () => {
    using session = new ExplainSession(device, model, size)
    const opposite = mapOf(
      (await effects(session)).map((value) => -value),
      shape,
      'target',
    )
    const { deletion, insertion } = await insertionDeletion(session, subject, opposite, { order: 'signed' })
    for (const curve of [deletion, insertion])
      expect(curve.area).toBeLessThan(curve.randomArea - 3 * curve.randomDeviation)
  })
})

test('where all noise pushes one way, its magnitude finds the pixels that matter too', async () => {
  using session = new ExplainSession(device, linearModel(), size)
  const target = region(rectangle(size, 4, 3, 3, 3))
  const noisy = testImage(size, 1)
  const [filter] = await session.explain({ noisy, target }, [pixelFilter()], { layers: [] })
  const row = filter!.maps[0]!.data
  const clean = noisy.map((value, i) => value + 0.1 * row[i]!)
  const { deletion } = await insertionDeletion(session, { noisy, clean, target }, mapOf(row, [9, 11]))
  expect(deletion.changes[0]).toBe(0)
  expect(deletion.changes.at(-1)).toBeCloseTo(0.1 * row.reduce((total, value) => total + value ** 2, 0), 4)
  expect(deletion.area).toBeGreaterThan(deletion.randomArea + 3 * deletion.randomDeviation)
  // The 25 pixels that reach the region are among the first quarter or so: the rest changes nothing.
  expect(deletion.changes[6]).toBeCloseTo(deletion.changes.at(-1)!, 4)
})

test('a missing clean image, a map of another size and impossible steps are refused', async () => {
  using session = new ExplainSession(device, linearModel(), size)
  const noisy = testImage(size, 1)
  const target = region(rectangle(size, 4, 3, 3, 3))
  const map = mapOf(noisy, [9, 11])
  await expect(insertionDeletion(session, { noisy, target }, map)).rejects.toThrow(/clean image, which is not given/)
  const subject = { noisy, clean: noisy, target }
  const small = mapOf(new Float32Array(6), [2, 3])
  await expect(insertionDeletion(session, subject, small)).rejects.toThrow(/is 2x3; expected a map of the image's/)
  await expect(insertionDeletion(session, subject, map, { steps: 1 })).rejects.toThrow(
    /steps is 1; expected a whole number from 2 up/,
  )
  await expect(insertionDeletion(session, subject, map, { steps: 101 })).rejects.toThrow(
    /101 steps for 99 pixels; expected at most 100/,
  )
  await expect(insertionDeletion(session, subject, map, { randomOrders: 0 })).rejects.toThrow(/randomOrders is 0/)
})
