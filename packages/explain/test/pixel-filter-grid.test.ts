import { dncnn } from '@noisescope/dncnn'
import { describe, expect, test } from 'vitest'
import { pixelFilterGrid } from '../src/explainers/pixel-filter-grid.ts'
import {
  detail,
  ExplainSession,
  type ExplanationMap,
  pixel,
  pixelFilter,
  rectangle,
  removed,
  type Target,
} from '../src/index.ts'
import { pixelwiseModel } from './helpers/linear-models.ts'
import { openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 13, height: 11 }

const named = (maps: readonly ExplanationMap[], name: string): ExplanationMap => {
  const map = maps.find((each) => each.name === name)
  if (map === undefined) throw new Error(`no map ${name} among ${maps.map((each) => each.name).join(', ')}`)
  return map
}

describe.each([1, 3])('of images with %i channels', (channels) => {
  const model = dncnn({ depth: 3, width: 4, channels, seed: 1 })
  randomise(device, model)
  const noisy = testImage(size, channels)

  test('the filters on the grid, their sums and their widths are those of single pixels', async () => {
    using session = new ExplainSession(device, model, size)
    const subject = { noisy, target: pixel(0, 0) }
    const [grid] = await session.explain(subject, [pixelFilterGrid({ every: 5, filters: true })], { layers: [] })
    const maps = grid?.maps ?? []
    // Along 13 pixels 1, 6 and 11; along 11 pixels 0, 5 and 10.
    expect(maps.slice(0, 2).map(({ name, shape }) => [name, shape])).toEqual([
      ['row sum', [3, 3]],
      ['effective pixels', [3, 3]],
    ])
    expect(grid?.values).toEqual({ x: 1, y: 0, every: 5, unanswered: 0 })
    for (const [place, x, y] of [
      [0, 1, 0],
      [5, 11, 5],
    ] as const) {
      const [single] = await session.explain({ noisy, target: pixel(x, y) }, [pixelFilter()], { layers: [] })
      const row = single?.maps[0]?.data ?? []
      const filter = named(maps, `filter ${x},${y}`)
      expect(filter.shape).toEqual(single?.maps[0]?.shape)
      for (const [i, value] of filter.data.entries()) expect(value).toBeCloseTo(row[i] as number, 5)
      expect(named(maps, 'row sum').data[place]).toBeCloseTo(single?.values?.rowSum ?? Number.NaN, 5)
      expect(named(maps, 'effective pixels').data[place]).toBeCloseTo(single?.values?.effectivePixels ?? Number.NaN, 4)
    }
  })
})

test('a filter of the residual is its change with each pixel of the image, by finite differences', async () => {
  const model = dncnn({ depth: 3, width: 4, seed: 1 })
  randomise(device, model)
  using session = new ExplainSession(device, model, size)
  const noisy = testImage(size, 1)
  const target = pixel(6, 5, 'residual')
  const [grid] = await session.explain({ noisy, target }, [pixelFilterGrid({ every: 13, filters: true })], {
    layers: [],
  })
  const { data } = named(grid?.maps ?? [], 'filter 6,5')
  const step = 1e-3
  for (const [x, y] of [
    [6, 5],
    [5, 5],
    [7, 6],
    [6, 3],
  ] as const) {
    const valueAt = async (change: number): Promise<number> => {
      const moved = noisy.slice()
      moved[y * size.width + x] = (moved[y * size.width + x] as number) + change
      const [found] = await session.explain({ noisy: moved, target }, [pixelFilter()], { layers: [] })
      return found?.value ?? Number.NaN
    }
    const slope = ((await valueAt(step)) - (await valueAt(-step))) / (2 * step)
    expect(data[y * size.width + x]).toBeCloseTo(slope, 3)
  }
})

test('a target that weighs the residual by itself asks for the rows of the residual', async () => {
  const model = dncnn({ depth: 3, width: 4, seed: 1 })
  using session = new ExplainSession(device, model, size)
  const rowSumsFor = async (target: Target): Promise<number[]> => {
    const [grid] = await session.explain({ noisy: testImage(size, 1), target }, [pixelFilterGrid()], { layers: [] })
    return [...named(grid?.maps ?? [], 'row sum').data]
  }
  const rowSums = await rowSumsFor(removed(rectangle(size, 1, 1, 3, 3)))
  expect(rowSums).toEqual(await rowSumsFor(pixel(0, 0, 'residual')))
  expect(rowSums.every((each) => each !== 0)).toBe(true)
})

test('a filter that hardly answers averages over no pixels, instead of over more than there are', async () => {
  using session = new ExplainSession(device, pixelwiseModel(0.01), size)
  const subject = { noisy: testImage(size, 1), target: pixel(0, 0) }
  const [grid] = await session.explain(subject, [pixelFilterGrid({ every: 5 })], { layers: [] })
  expect([...named(grid?.maps ?? [], 'effective pixels').data]).toEqual(Array(9).fill(0))
  expect(grid?.values?.unanswered).toBe(9)
  expect(named(grid?.maps ?? [], 'row sum').data[4]).toBeCloseTo(0.01, 6)
})

test('a target that weighs its own slopes in, and a grid without steps, are refused', async () => {
  using session = new ExplainSession(device, dncnn({ depth: 3, width: 4 }), size)
  const subject = { noisy: testImage(size, 1), target: detail(rectangle(size, 1, 1, 3, 3)) }
  await expect(session.explain(subject, [pixelFilterGrid()], { layers: [] })).rejects.toThrow(/expected a pixel/)
  expect(() => pixelFilterGrid({ every: 0 })).toThrow(/every is 0; expected a whole number/)
})
