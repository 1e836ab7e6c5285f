import { afterAll, describe, expect, test } from 'vitest'
import { gaussianKernel, mirrorBlur } from '../src/explainers/blur.ts'
import type { Fill } from '../src/explainers/fill-block.ts'
import { type OcclusionOptions, occlusion } from '../src/explainers/occlusion.ts'
import { ExplainSession, type ExplanationMap, rectangle, region, type Subject } from '../src/index.ts'
import { linearModel } from './helpers/linear-models.ts'
import { numbers, openTestDevice, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()

describe.each([1, 3])('of a linear model of %i channels', (channels) => {
  const model = linearModel(channels)
  const size = { width: 12, height: 9 }
  const pixels = size.width * size.height
  const noisy = testImage(size, channels)
  const clean = testImage(size, channels, 6)
  const target = region(rectangle(size, 2, 1, 7, 6))
  const subject: Subject = { noisy, clean, target }
  const session = new ExplainSession(device, model, size)
  afterAll(() => session[Symbol.dispose]())

  /** dT/dy: T of each unit image would be the same. */
  const gradient = async (): Promise<Float32Array> => {
    const found = new Float32Array(noisy.length)
    const explainer = {
      name: 'gradient',
      title: 'Gradient',
      options: {},
      explain: async (context: Parameters<ReturnType<typeof occlusion>['explain']>[0]) => {
        await context.gradients({ count: 1, at: () => ({ image: noisy }) }, (values) => found.set(values))
        return { maps: [] }
      },
    }
    await session.explain(subject, [explainer], { layers: [] })
    return found
  }
  const mapOf = async (options: OcclusionOptions): Promise<ExplanationMap> => {
    const [found] = await session.explain(subject, [occlusion(options)], { layers: [] })
    return found?.maps[0] as ExplanationMap
  }
  const blockOf = (pixel: number): number =>
    Math.floor((pixel % size.width) / 3) + 4 * Math.floor(pixel / size.width / 3)
  const meanOfBlock = (i: number): number => {
    const plane = Math.floor(i / pixels) * pixels
    const inside = Array.from({ length: pixels }, (_, p) => p).filter((p) => blockOf(p) === blockOf(i % pixels))
    return inside.reduce((total, p) => total + noisy[plane + p]!, 0) / inside.length
  }
  const blurred = mirrorBlur(noisy, size, gaussianKernel(2, 6))
  const removed: [Fill, (i: number) => number][] = [
    ['zero', (i) => noisy[i]!],
    ['clean', (i) => noisy[i]! - clean[i]!],
    ['blurred', (i) => noisy[i]! - blurred[i]!],
    ['mean', (i) => noisy[i]! - meanOfBlock(i)],
  ]

  test.each(removed)(
    'the map over a patch that is filled by %s sums up weights times removed values',
    async (fill, removedAt) => {
      const weights = await gradient()
      const map = await mapOf({ patch: 3, stride: 3, fill })
      expect(map).toMatchObject({ name: 'input', shape: [9, 12], units: 'target', signed: true, status: 'ok' })
      for (let block = 0; block < 12; block++) {
        let [expected, actual] = [0, 0]
        for (const [i, weight] of weights.entries())
          if (blockOf(i % pixels) === block) expected += weight * removedAt(i)
        for (const [p, value] of map.data.entries()) if (blockOf(p) === block) actual += value
        expect(actual).toBeCloseTo(expected, 4)
      }
    },
  )

  test('where patches overlap each pixel has the mean of those over it, also at the borders', async () => {
    const weights = await gradient()
    const { data } = await mapOf({ patch: 4, stride: 3, fill: 'zero' })
    const starts = { x: [0, 3, 6, 8], y: [0, 3, 5] }
    const effectOf = (x0: number, y0: number): number =>
      weights.reduce((total, weight, i) => {
        const [x, y] = [(i % pixels) % size.width, Math.floor((i % pixels) / size.width)]
        return total + (x >= x0 && x < x0 + 4 && y >= y0 && y < y0 + 4 ? weight * noisy[i]! : 0)
      }, 0)
    for (const [x, y] of [
      [0, 0],
      [3, 4],
      [9, 5],
      [11, 8],
    ] as const) {
      const over = starts.y
        .flatMap((y0) => starts.x.map((x0) => [x0, y0] as const))
        .filter(([x0, y0]) => x >= x0 && x < x0 + 4 && y >= y0 && y < y0 + 4)
      const expected = over.reduce((total, [x0, y0]) => total + effectOf(x0, y0) / 16, 0) / over.length
      expect(data[y * size.width + x]).toBeCloseTo(expected, 4)
    }
  })

  test('a patch that is blurred loses only what the blur takes: of a flat image nothing', async () => {
    const flat = { ...subject, noisy: new Float32Array(noisy.length).fill(0.4) }
    const [found] = await session.explain(flat, [occlusion({ patch: 5, fill: 'blurred' })], { layers: [] })
    for (const value of found?.maps[0]?.data ?? [1]) expect(Math.abs(value)).toBeLessThan(1e-5)
    const [rough] = await session.explain(
      { ...subject, noisy: numbers(noisy.length, 3) },
      [occlusion({ patch: 5, fill: 'blurred' })],
      { layers: [] },
    )
    expect(rough?.maps[0]?.status).toBe('ok')
  })
})

describe('what cannot be occluded is refused', () => {
  const size = { width: 6, height: 5 }
  const noisy = new Float32Array(30).fill(0.5)
  const target = region(rectangle(size, 0, 0, 6, 5))

  test.each([
    ['a patch larger than the image', { patch: 6 }, /6x6 pixels does not fit in the image of 6x5/],
    ['clean values that are not known', { patch: 2, fill: 'clean' as const }, /clean image, which is not given/],
  ])('%s', async (_, options, message) => {
    using session = new ExplainSession(device, linearModel(), size)
    await expect(session.explain({ noisy, target }, [occlusion(options)], { layers: [] })).rejects.toThrow(message)
  })

  test('a stride that leaves gaps, and a fill that there is not', () => {
    expect(() => occlusion({ patch: 2, stride: 3 })).toThrow(/expected at most 2/)
    expect(() => occlusion({ fill: 'grey' as Fill })).toThrow(/expected one of mean, blurred, clean, zero/)
  })
})
