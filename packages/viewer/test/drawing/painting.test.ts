import { colouringOf, NOT_FINITE, type Scale } from '@noisescope/palettes'
import { describe, expect, test } from 'vitest'
import { enlarged, paintImage, paintOverlay, type Raster, rasterOf } from '../../src/drawing/index.ts'

const GREY: Scale = { kind: 'grey', low: 0, high: 1 }
const SIGNED: Scale = { kind: 'signed', limit: 1 }

/** Colours of the pixels, without their opacity. */
const colours = ({ data }: Raster): number[][] =>
  Array.from({ length: data.length / 4 }, (_, i) => [...data.subarray(4 * i, 4 * i + 3)])

const grey = (width: number, height: number, ...values: number[]) => ({
  width,
  height,
  values: Float32Array.from(values),
  scale: GREY,
})

describe('painting an image', () => {
  test('makes a pixel of each value, in the colours of its scale', () => {
    const raster = paintImage({ ...grey(2, 1, -1, 0.5), scale: SIGNED })
    expect(colours(raster)).toEqual([colouringOf(SIGNED)(-1), colouringOf(SIGNED)(0.5)])
    expect([raster.data[3], raster.data[7]]).toEqual([255, 255])
  })

  test('takes three planes on a grey scale for red, green and blue', () => {
    expect(colours(paintImage(grey(2, 1, 1, 0, 0, 0.2, 0, 1)))).toEqual([
      [255, 0, 0],
      [0, 51, 255],
    ])
  })

  test('paints on the same memory for every frame, as long as the size stays', () => {
    const first = paintImage(grey(2, 1, 0, 0))
    const second = paintImage(grey(2, 1, 1, 1), first)
    expect(second).toBe(first)
    expect(colours(first)).toEqual([
      [255, 255, 255],
      [255, 255, 255],
    ])
    expect(paintImage(grey(1, 2, 1, 1), first)).not.toBe(first)
    expect(rasterOf(2, 1, first)).toBe(first)
  })
})

describe('a map over an image', () => {
  const image = grey(4, 2, 0, 0, 0, 0, 1, 1, 1, 1)
  // Black and white, on a grey scale so that the numbers can be read.
  const map = grey(2, 1, 1, 0)

  test('covers as much as its opacity says, each value over its part of the image', () => {
    // 0 + 0.4 * 255 = 102; 255 + 0.4 * (0 - 255) = 153.
    expect(colours(paintOverlay(image, map, 0.4)).map(([red]) => red)).toEqual([102, 102, 0, 0, 255, 255, 153, 153])
  })

  test('is the image alone at 0, and the map alone at 1', () => {
    expect(paintOverlay(image, map, 0).data).toEqual(paintImage(image).data)
    expect(colours(paintOverlay(image, map, 1)).map(([red]) => red)).toEqual([255, 255, 0, 0, 255, 255, 0, 0])
  })

  test('may be larger than the image', () => {
    const fine = grey(6, 1, 0, 1, 0, 0, 0, 0)
    // The middle of the first of two pixels is at 1.5 of 6, in the second value.
    expect(colours(paintOverlay(grey(2, 1, 0, 0), fine, 1)).map(([red]) => red)).toEqual([255, 0])
  })

  test('shows where it is not finite', () => {
    const raster = paintOverlay(grey(1, 1, 0), grey(1, 1, Number.NaN), 1)
    expect(colours(raster)).toEqual([[...NOT_FINITE]])
  })

  test('leaves the picture opaque', () => {
    expect([...paintOverlay(image, map, 0.5).data].filter((_, i) => i % 4 === 3)).toEqual(Array(8).fill(255))
  })
})

test('an enlarged picture has every pixel as often along both sides', () => {
  const { width, height, data } = enlarged(paintImage(grey(2, 1, 0, 1)), 3)
  expect([width, height]).toEqual([6, 3])
  const row = [0, 0, 0, 255, 255, 255]
  expect([...data].filter((_, i) => i % 4 === 0)).toEqual([...row, ...row, ...row])
})
