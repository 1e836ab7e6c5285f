import { describe, expect, test } from 'vitest'
import { type InfidelityOptions, infidelity, type Perturbation } from '../src/evaluation/infidelity.ts'
import { ExplainSession, pixelFilter, rectangle, region, removed, type Subject } from '../src/index.ts'
import { mapOf } from './helpers/fixed-explainers.ts'
import { linearModel } from './helpers/linear-models.ts'
import { openTestDevice, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 11, height: 9 }

const perturbations: Perturbation[] = [
  { kind: 'gaussian', deviation: 0.05 },
  { kind: 'block', side: 3, fill: 'mean' },
  { kind: 'block', side: 4, fill: 'clean' },
]

describe.each([1, 3])('of a target that is linear in an image of %i channels', (channels) => {
  const model = linearModel(channels)
  const noisy = testImage(size, channels)
  const clean = testImage(size, channels, 6)
  const subject: Subject = { noisy, clean, target: region(rectangle(size, 2, 1, 5, 6)) }
  const shape = channels === 1 ? [9, 11] : [3, 9, 11]

  test('the gradient misses nothing, half of it a quarter, which scaling mends, and zeros miss all', async () => {
    using session = new ExplainSession(device, model, size)
    const [filter] = await session.explain(subject, [pixelFilter()], { layers: [] })
    const gradient = filter!.maps[0]!
    const half = mapOf(
      gradient.data.map((value) => value / 2),
      shape,
    )
    const zeros = mapOf(new Float32Array(noisy.length), shape)
    for (const perturbation of perturbations) {
      const exact = await infidelity(session, subject, gradient, { perturbation, draws: 20 })
      expect(exact.relative, JSON.stringify(perturbation)).toBeLessThan(1e-6)
      expect(exact.scale).toBe(1)
      expect((await infidelity(session, subject, half, { perturbation, draws: 20 })).relative).toBeCloseTo(0.25, 3)
      const scaled = await infidelity(session, subject, half, { perturbation, draws: 20, optimalScaling: true })
      expect(scaled.relative).toBeLessThan(1e-6)
      expect(scaled.scale).toBeCloseTo(2, 3)
      expect((await infidelity(session, subject, zeros, { perturbation, draws: 20 })).relative).toBe(1)
    }
  })

  test('a map that shares the target out foretells what blocks do, and is judged by blocks only', async () => {
    using session = new ExplainSession(device, model, size)
    const [filter] = await session.explain(subject, [pixelFilter()], { layers: [] })
    const row = filter!.maps[0]!.data
    const shares = mapOf(
      row.map((weight, i) => weight * (noisy[i]! - clean[i]!)),
      shape,
      'target',
    )
    const perturbation: Perturbation = { kind: 'block', side: 4, fill: 'clean' }
    expect((await infidelity(session, subject, shares, { perturbation })).relative).toBeLessThan(1e-6)
    const perPixel = new Float32Array(99)
    for (const [i, value] of shares.data.entries()) perPixel[i % 99] = perPixel[i % 99]! + value
    const summed = await infidelity(session, subject, mapOf(perPixel, [9, 11], 'target'), { perturbation })
    expect(summed.relative).toBeLessThan(1e-6)
    await expect(infidelity(session, subject, shares)).rejects.toThrow(/expected a perturbation by blocks/)
  })
})

test('the gradient of what is removed misses nothing either: its constant is held as it is at the image', async () => {
  using session = new ExplainSession(device, linearModel(), size)
  const subject = { noisy: testImage(size, 1), target: removed(rectangle(size, 2, 1, 5, 6)) }
  const [filter] = await session.explain(subject, [pixelFilter()], { layers: [] })
  expect((await infidelity(session, subject, filter!.maps[0]!)).relative).toBeLessThan(1e-6)
})

test('where the target does not change there is no relative infidelity', async () => {
  using session = new ExplainSession(device, linearModel(), size)
  const subject = { noisy: new Float32Array(99).fill(0.5), target: region(rectangle(size, 2, 1, 5, 6)) }
  const options: InfidelityOptions = { perturbation: { kind: 'block', side: 3, fill: 'mean' }, draws: 4 }
  const found = await infidelity(session, subject, mapOf(new Float32Array(99), [9, 11]), options)
  expect(found).toEqual({ infidelity: 0, relative: null, scale: 1 })
})

test('maps and options that say nothing are refused', async () => {
  using session = new ExplainSession(device, linearModel(), size)
  const subject = { noisy: testImage(size, 1), target: region(rectangle(size, 2, 1, 5, 6)) }
  const zeros = new Float32Array(99)
  const judged = (map = mapOf(zeros, [9, 11]), options: InfidelityOptions = {}) =>
    infidelity(session, subject, map, options)
  await expect(judged(mapOf(new Float32Array(9), [3, 3]))).rejects.toThrow(/is 3x3; expected 1x9x11/)
  await expect(
    judged(
      mapOf(
        zeros.map(() => Number.NaN),
        [9, 11],
      ),
    ),
  ).rejects.toThrow(/holds NaN/)
  await expect(judged(mapOf(zeros, [9, 11], 'dB'))).rejects.toThrow(/in units of dB/)
  await expect(judged(undefined, { draws: 0 })).rejects.toThrow(/draws is 0/)
  await expect(judged(undefined, { perturbation: { kind: 'gaussian', deviation: 0 } })).rejects.toThrow(/above 0/)
  await expect(judged(undefined, { perturbation: { kind: 'block', side: 10, fill: 'mean' } })).rejects.toThrow(
    /10x10 pixels does not fit/,
  )
  await expect(judged(undefined, { perturbation: { kind: 'block', side: 2, fill: 'clean' } })).rejects.toThrow(
    /clean image, which is not given/,
  )
})
