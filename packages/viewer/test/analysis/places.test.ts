import { describe, expect, test } from 'vitest'
import { mapPlane, meanIn, placeOf, scaledPixel, valuesAt } from '../../src/analysis/index.ts'
import { map } from './small-trace.ts'

describe('the place of a target', () => {
  test('of a pixel is that pixel, in all channels or one', () => {
    const pixel = { kind: 'pixel', of: 'denoised', text: '', numbers: { x: 3, y: 5 } } as const
    const boxes = [{ x: 3, y: 5, width: 1, height: 1 }]
    expect(placeOf(pixel)).toEqual({ layer: undefined, channel: undefined, boxes })
    expect(placeOf({ ...pixel, numbers: { x: 3, y: 5, channel: 2 } })).toEqual({ layer: undefined, channel: 2, boxes })
  })

  test('of a region is the rectangle around its weights', () => {
    const mask = { name: 'region', shape: [3, 4], data: Float32Array.of(0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0, 1) }
    const nothing = { name: 'region 2', shape: [3, 4], data: new Float32Array(12) }
    const target = { kind: 'contrast', of: 'residual', text: '', numbers: {}, masks: [mask, nothing] } as const
    expect(placeOf(target).boxes).toEqual([{ x: 1, y: 1, width: 3, height: 2 }])
  })

  test('of a channel is in its layer', () => {
    const whole = { kind: 'channel', of: 'first', text: '', numbers: { channel: 7 } } as const
    expect(placeOf(whole)).toEqual({ layer: 'first', channel: 7, boxes: [] })
    expect(placeOf({ ...whole, numbers: { channel: 7, x: 1, y: 0 } }).boxes).toHaveLength(1)
  })
})

describe('the maps of an explanation', () => {
  test('with channels are shown as their sum, or one of them', () => {
    const colour = map({ shape: [3, 1, 2], data: Float32Array.of(1, 2, 3, 4, 5, -6) })
    expect([...mapPlane(colour)]).toEqual([9, 0])
    expect([...mapPlane(colour, 1)]).toEqual([3, 4])
  })
})

describe('the numbers under a pointer', () => {
  test('are of the place of a smaller plane that covers the middle of the pixel', () => {
    const [from, to] = [
      { width: 28, height: 28 },
      { width: 7, height: 14 },
    ]
    expect(scaledPixel({ x: 0, y: 0 }, from, to)).toEqual({ x: 0, y: 0 })
    expect(scaledPixel({ x: 13, y: 13 }, from, to)).toEqual({ x: 3, y: 6 })
    expect(scaledPixel({ x: 27, y: 27 }, from, to)).toEqual({ x: 6, y: 13 })
    expect(scaledPixel({ x: 1, y: 0 }, { width: 2, height: 1 }, { width: 5, height: 1 })).toEqual({ x: 3, y: 0 })
  })

  test('of a region are its weighted mean, of a smaller plane too', () => {
    const image = { width: 4, height: 2 }
    const whole = { shape: [2, 2, 4], data: Float32Array.from({ length: 16 }, (_, i) => i) }
    const half = { shape: [2, 1, 2], data: Float32Array.of(10, 20, 30, 40) }
    const mask = Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0.5)
    expect(meanIn(whole, 1, mask, image)).toBeCloseTo((9 + 0.5 * 15) / 1.5, 6)
    expect(meanIn(half, 1, mask, image)).toBeCloseTo((30 + 0.5 * 40) / 1.5, 6)
    expect(meanIn(half, 0, new Float32Array(8), image)).toBeNaN()
  })

  test('are one of each channel', () => {
    const colour = { shape: [3, 2, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) }
    expect(valuesAt(colour, { x: 0, y: 1 })).toEqual([2, 6, 10])
  })
})
