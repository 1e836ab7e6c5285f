import { describe, expect, test } from 'vitest'
import { imageOf, mapNames, mapPlane, mapsOf, placeOf, readOutAt, scaledPixel } from '../../src/findings/index.ts'
import { activation, explanationWith, frameWith, map, traceWith } from './small-trace.ts'

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
  const explanation = explanationWith([
    map({ name: 'first' }),
    map({ name: 'input' }),
    map({ name: 'first', title: 'more' }),
  ])

  test('are found by their layer', () => {
    expect(mapNames(explanation)).toEqual(['first', 'input'])
    expect(mapsOf(explanation, 'first').map(({ title }) => title)).toEqual([undefined, 'more'])
    expect(mapsOf(explanation, 'second')).toEqual([])
  })

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

  test('are each image’s, the map’s and the channel’s', () => {
    const image = (...values: number[]) => ({ shape: [1, 2, 2], data: Float32Array.from(values) })
    const frame = frameWith({ denoised: image(0.5, 0.25, 0.125, 0) })
    const trace = traceWith(frame, { noisy: image(1, 2, 3, 4) })
    const images = (['noisy', 'denoised'] as const).map((name) => imageOf(trace, frame, name)!)
    const layer = activation({ shape: [2, 1, 1], data: Float32Array.of(10, 20) })
    const colour = map({ shape: [3, 2, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) })
    expect(readOutAt({ images, map: colour, activation: layer, channel: 1 }, { x: 0, y: 1 }, images[0]!)).toEqual({
      x: 0,
      y: 1,
      images: [
        { name: 'noisy', values: [3] },
        { name: 'denoised', values: [0.125] },
      ],
      // 2 + 6 + 10
      map: { x: 0, y: 1, value: 18 },
      activation: { x: 0, y: 0, value: 20 },
    })
    expect(readOutAt({ images: [] }, { x: 0, y: 1 }, images[0]!)).toMatchObject({
      map: undefined,
      activation: undefined,
    })
  })
})
