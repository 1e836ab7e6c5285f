import { describe, expect, it } from 'vitest'
import { createImage } from '../src/image.ts'
import { deadLeaves, trainingImages } from '../src/index.ts'

describe('deadLeaves', () => {
  it('fills the whole picture with values on 0..1, from dark to light', () => {
    const { width, height, channels, data } = deadLeaves(128, 3)
    expect([width, height, channels]).toEqual([128, 128, 1])
    const sorted = Float32Array.from(data).sort()
    expect(sorted.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(sorted[Math.floor(sorted.length * 0.9)]! - sorted[Math.floor(sorted.length * 0.1)]!).toBeGreaterThan(0.4)
  })

  it('is the same for a seed and another for another', () => {
    expect(deadLeaves(32, 1)).toEqual(deadLeaves(32, 1))
    expect(deadLeaves(32, 1).data).not.toEqual(deadLeaves(32, 2).data)
  })

  it('has edges: most neighbours are nearly alike, a few far apart', () => {
    const { data, width } = deadLeaves(256, 0)
    const steps = Array.from(data.subarray(1), (value, i) => ((i + 1) % width === 0 ? 0 : Math.abs(value - data[i]!)))
    const share = (limit: number): number => steps.filter((step) => step > limit).length / steps.length
    expect(share(0.02)).toBeLessThan(0.6)
    expect(share(0.25)).toBeGreaterThan(0.01)
    expect(share(0.25)).toBeLessThan(0.2)
  })

  it.each([0, 2.5, Number.NaN])('refuses a side of %s pixels', (side) => {
    expect(() => deadLeaves(side, 0)).toThrow(/whole number/)
  })
})

describe('trainingImages', () => {
  it('adds each photograph at half size, sampled in four ways, and synthetic images', () => {
    const ramp = createImage(
      6,
      4,
      1,
      Float32Array.from({ length: 24 }, (_, i) => (i % 6) / 10),
    )
    const [whole, ...others] = trainingImages([ramp])
    expect(whole).toBe(ramp)
    const halves = others.slice(0, 4).map(({ width, height, data }) => [width, height, Number(data[0]!.toFixed(6))])
    expect(halves).toEqual([
      [3, 2, 0.05],
      [2, 2, 0.15],
      [3, 1, 0.05],
      [2, 1, 0.15],
    ])
    expect(others.slice(4).map(({ width, height }) => [width, height])).toEqual(Array(5).fill([512, 512]))
  })
})
