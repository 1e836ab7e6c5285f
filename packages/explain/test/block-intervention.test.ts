import { dncnn } from '@noisescope/dncnn'
import { describe, expect, test } from 'vitest'
import { type BlockInterventionOptions, blockIntervention } from '../src/explainers/block-intervention.ts'
import { ExplainSession, type Explanation, pixel, rectangle } from '../src/index.ts'
import { pixelwiseModel } from './helpers/linear-models.ts'
import { openTestDevice, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 11, height: 8 }
const noisy = testImage(size, 1)
const clean = testImage(size, 1, 6)
const target = pixel(0, 0)

async function intervened(options: BlockInterventionOptions): Promise<Explanation> {
  using session = new ExplainSession(device, pixelwiseModel(), size)
  const [found] = await session.explain({ noisy, clean, target }, [blockIntervention(options)], { layers: [] })
  return found as Explanation
}

const psnr = (error: (i: number) => number, where: (i: number) => boolean = () => true): number => {
  const squares = Array.from(noisy, (_, i) => i)
    .filter(where)
    .map((i) => error(i) ** 2)
  return -10 * Math.log10(squares.reduce((a, b) => a + b, 0) / squares.length)
}
const noiseAt = (i: number): number => noisy[i]! - clean[i]!
const within = (i: number, x: number, y: number, across: number, down: number): boolean => {
  const [column, row] = [i % size.width, Math.floor(i / size.width)]
  return column >= x && column < x + across && row >= y && row < y + down
}

describe('on a network that changes nothing', () => {
  test.each([
    ['the first block', 0, 0, 4, 4],
    ['the last, which the border cuts', 8, 4, 3, 4],
  ])('repairing %s gains the PSNR of the noise that was in it', async (_, x, y, across, down) => {
    const { maps, values } = await intervened({ block: 4 })
    expect(maps[0]).toMatchObject({ shape: [8, 11], units: 'dB', signed: true, status: 'ok' })
    const before = psnr(noiseAt)
    expect(values?.psnr).toBeCloseTo(before, 4)
    const gain = psnr((i) => (within(i, x, y, across, down) ? 0 : noiseAt(i))) - before
    expect(gain).toBeGreaterThan(0)
    for (const [i, value] of maps[0]!.data.entries())
      if (within(i, x, y, across, down)) expect(value).toBeCloseTo(gain, 4)
  })

  test('only blocks that touch the region change its PSNR', async () => {
    const { maps } = await intervened({ block: 4, region: rectangle(size, 1, 1, 5, 2) })
    const inRegion = (i: number): boolean => within(i, 1, 1, 5, 2)
    const gain = psnr((i) => (within(i, 0, 0, 4, 4) ? 0 : noiseAt(i)), inRegion) - psnr(noiseAt, inRegion)
    expect(maps[0]?.data[0]).toBeCloseTo(gain, 4)
    expect(maps[0]?.data[8]).toBeCloseTo(0, 10)
    expect(maps[0]?.data[5 * size.width]).toBeCloseTo(0, 10)
  })

  test('the mean of a block leaves the error of this mean', async () => {
    const { maps } = await intervened({ block: 4, replacement: 'mean' })
    const inside = Array.from(noisy, (_, i) => i).filter((i) => within(i, 4, 0, 4, 4))
    const mean = inside.reduce((total, i) => total + noisy[i]!, 0) / inside.length
    const change = psnr((i) => (within(i, 4, 0, 4, 4) ? mean - clean[i]! : noiseAt(i))) - psnr(noiseAt)
    expect(maps[0]?.data[4]).toBeCloseTo(change, 4)
  })

  test('other noise over the whole image is the same noise in another order, so its PSNR stays', async () => {
    const square = { width: 8, height: 8 }
    using session = new ExplainSession(device, pixelwiseModel(), square)
    const subject = { noisy: testImage(square, 1), clean: testImage(square, 1, 6), target }
    const other = (seed: number) => blockIntervention({ block: 8, replacement: 'noise', seed })
    const [whole] = await session.explain(subject, [other(1)], { layers: [] })
    for (const value of whole?.maps[0]?.data ?? [1]) expect(value).toBeCloseTo(0, 4)
    const parts = await session.explain(
      subject,
      [1, 1, 2].map((seed) => blockIntervention({ block: 4, replacement: 'noise', seed })),
      { layers: [] },
    )
    const [first, again, second] = parts.map(({ maps }) => [...(maps[0]?.data ?? [])])
    expect(again).toEqual(first)
    expect(second).not.toEqual(first)
    expect(first?.some((value) => Math.abs(value) > 0.05)).toBe(true)
  })
})

test('a missing clean image, blocks larger than the image, and a region of another size are refused', async () => {
  using session = new ExplainSession(device, dncnn({ depth: 2, width: 4 }), size)
  const explained = (options: BlockInterventionOptions, withClean: boolean) =>
    session.explain({ noisy, clean: withClean ? clean : undefined, target }, [blockIntervention(options)], {
      layers: [],
    })
  await expect(explained({}, false)).rejects.toThrow(/block-intervention starts from the clean image/)
  await expect(explained({ block: 9 }, true)).rejects.toThrow(/9x9 pixels does not fit in the image of 11x8/)
  const region = rectangle({ width: 5, height: 5 }, 0, 0, 2, 2)
  await expect(explained({ region }, true)).rejects.toThrow(/expected 11x8 as the image/)
  expect(() => blockIntervention({ replacement: 'black' as 'clean' })).toThrow(/expected one of clean, mean, noise/)
})
