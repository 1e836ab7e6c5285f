import { estimateImageSigma } from '@noisescope/classical'
import { expect, test } from 'vitest'
import type { LiveSource } from '../../src/live-engine/index.ts'
import { never, openSource, small, square, untrained } from './helpers.ts'

const gaussian = { kind: 'gaussian', sd: 0.1 } as const
const openSmall = (): Promise<LiveSource> => openSource({ weights: small, image: square(20, 17), noise: gaussian })
const pixelFilter = { method: 'pixel-filter', target: { kind: 'pixel', x: 3, y: 4 }, of: 'denoised' } as const

test('other noise is drawn on the clean image, with the seed of before unless another is given', async () => {
  const source = await openSmall()
  const before = source.trace
  let changes = 0
  source.addEventListener('change', () => changes++)
  await source.controls.setNoise({ kind: 'gaussian', sd: 0.2 }, never)
  expect(changes).toBe(1)
  expect(source.trace).not.toBe(before)
  expect(source.trace.source.sigma).toBe(0.2)
  const noiseOf = ({ trace }: LiveSource): Float32Array => trace.images.noise!.data
  const twice = before.images.noise!.data.map((value) => 2 * value)
  expect(noiseOf(source).every((value, i) => Math.abs(value - twice[i]!) < 1e-6)).toBe(true)
  await source.controls.setNoise({ kind: 'gaussian', sd: 0.2, seed: 9 }, never)
  expect(source.controls.noise).toEqual({ kind: 'gaussian', sd: 0.2, seed: 9 })
  expect(noiseOf(source).every((value, i) => Math.abs(value - twice[i]!) < 1e-6)).toBe(false)
})

test('a brush adds noise where it has been and nowhere else, stroke by stroke, and the clean image stays', async () => {
  const source = await openSmall()
  const { noisy: before, clean } = source.trace.images
  const mask = new Float32Array(340).fill(1, 100, 150)
  await source.controls.brushNoise(mask, { kind: 'salt-and-pepper', amount: 1, classic: true }, never)
  const { noisy, noise, clean: after } = source.trace.images
  expect(after?.data).toEqual(clean?.data)
  expect(noisy.data.subarray(0, 100)).toEqual(before.data.subarray(0, 100))
  expect(noisy.data.subarray(150)).toEqual(before.data.subarray(150))
  expect(new Set(noisy.data.subarray(100, 150))).toEqual(new Set([0, 1]))
  expect(noise?.data).toEqual(noisy.data.map((value, i) => value - clean!.data[i]!))
  expect(source.trace.source.noise?.text).toContain('brushed on: salt-and-pepper of 0 and 1, p = 1')
  expect(source.trace.source.sigma).toBeUndefined()

  await source.controls.brushNoise(mask, { kind: 'gaussian', sd: 0.1 }, never)
  const once = source.trace.images.noisy.data.map((value, i) => value - noisy.data[i]!)
  await source.controls.brushNoise(mask, { kind: 'gaussian', sd: 0.1 }, never)
  const twice = source.trace.images.noisy.data.map((value, i) => value - noisy.data[i]! - once[i]!)
  expect(twice[120]).not.toBe(0)
  expect(twice[120]).not.toBeCloseTo(once[120]!, 6)
  await source.controls.setNoise(gaussian, never)
  expect(source.trace.images.noisy.data).toEqual(before.data)
})

test('another image keeps the noise, of another size too, and lets explanations of the old one go', async () => {
  const source = await openSmall()
  await source.explain(pixelFilter, never)
  await source.controls.setImage(square(30, 12, 'wide'), never)
  const { trace } = source
  expect(trace.source.name).toBe('wide')
  expect(trace.images.noisy.shape).toEqual([1, 12, 30])
  expect(trace.source.noise?.settings).toEqual(gaussian)
  expect(trace.frames[0].explanations).toEqual([])
  expect((await source.explain(pixelFilter, never)).maps[0]?.shape).toEqual([12, 30])
})

test('a model that is told the level makes something else of another one', async () => {
  const weights = untrained('ffdnet', { depth: 3, width: 4 })
  const source = await openSource({ weights, image: square(20, 17), noise: gaussian })
  const { denoised } = source.trace.frames[0]
  expect(source.trace.source.sigma).toBe(0.1)
  await source.controls.setSigma(0.4, never)
  expect(source.trace.source.sigma).toBe(0.4)
  expect(source.trace.frames[0].denoised?.data).not.toEqual(denoised?.data)
  await source.controls.setSigma(undefined, never)
  expect(source.trace.frames[0].denoised?.data).toEqual(denoised?.data)
  await source.controls.setNoise({ kind: 'laplace', scale: 0.1 }, never)
  const { data } = source.trace.images.noisy
  const estimated = estimateImageSigma({ width: 20, height: 17, channels: 1, data })
  expect(source.trace.source.sigma).toBeCloseTo(estimated, 6)
})

test('the latest change wins: what it overtakes rejects as aborted, and only its trace is shown', async () => {
  const source = await openSmall()
  const shown: (number | undefined)[] = []
  source.addEventListener('change', () => shown.push(source.trace.source.sigma))
  const levels = [0.2, 0.3, 0.4, 0.5]
  const results = await Promise.allSettled(
    levels.map((sd) => source.controls.setNoise({ kind: 'gaussian', sd }, never)),
  )
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled'])
  for (const result of results.slice(0, 3)) expect(result).toMatchObject({ reason: { name: 'AbortError' } })
  expect(shown).toEqual([0.5])
})

test('strokes that a later one overtakes are on the image all the same', async () => {
  const source = await openSmall()
  const before = source.trace.images.noisy.data
  const stroke = (from: number) => new Float32Array(340).fill(1, from, from + 10)
  const noise = { kind: 'gaussian', sd: 0.3 } as const
  await Promise.allSettled([0, 100, 200].map((from) => source.controls.brushNoise(stroke(from), noise, never)))
  const changed = source.trace.images.noisy.data.map((value, i) => Number(value !== before[i]))
  expect(changed.reduce((sum, value) => sum + value, 0)).toBe(30)
})

test('an explanation is given up by a change, and by its own signal, and never enters a later trace', async () => {
  const source = await openSmall()
  const long = { ...pixelFilter, method: 'smoothgrad' }
  const overtaken = source.explain(long, never)
  const change = source.controls.setNoise({ kind: 'gaussian', sd: 0.2 }, never)
  await expect(overtaken).rejects.toMatchObject({ name: 'AbortError' })
  await change
  const controller = new AbortController()
  const given = source.explain(long, controller.signal)
  controller.abort(new Error('not wanted'))
  await expect(given).rejects.toThrow('not wanted')
  await source.explain(pixelFilter, never)
  expect(source.trace.frames[0].explanations.map(({ method }) => method)).toEqual(['pixel-filter'])
})

test('an explanation that is asked for after a change is of the image after it', async () => {
  const source = await openSmall()
  const change = source.controls.setNoise({ kind: 'gaussian', sd: 0.3 }, never)
  const filter = await source.explain(pixelFilter, never)
  await change
  expect(filter.value).toBeCloseTo(source.trace.frames[0].denoised!.data[4 * 20 + 3]!, 5)
  expect(source.trace.frames[0].explanations).toEqual([filter])
})

test('a change whose caller gives up counts, and the next explanation is of it', async () => {
  const source = await openSmall()
  const controller = new AbortController()
  const change = source.controls.setNoise({ kind: 'gaussian', sd: 0.3 }, controller.signal)
  controller.abort()
  await expect(change).rejects.toMatchObject({ name: 'AbortError' })
  expect(source.trace.source.sigma).toBe(0.1)
  await source.explain(pixelFilter, never)
  expect(source.trace.source.sigma).toBe(0.3)
  await expect(source.controls.setNoise(gaussian, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  expect(source.controls.noise).toMatchObject({ sd: 0.3 })
})

test('explanations of one image are kept up to a number', async () => {
  const source = await openSmall()
  for (let x = 0; x < 20; x++) {
    for (const y of [0, 1]) await source.explain({ ...pixelFilter, target: { kind: 'pixel', x, y } }, never)
  }
  const { explanations } = source.trace.frames[0]
  expect(explanations).toHaveLength(32)
  expect(explanations.at(-1)?.target.numbers).toEqual({ x: 19, y: 1 })
})
