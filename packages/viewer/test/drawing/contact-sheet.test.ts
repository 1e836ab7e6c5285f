import { colouringOf, type Scale } from '@noisescope/palettes'
import { describe, expect, test } from 'vitest'
import { cellBox, paintSheet, placeAt, type Raster, type SheetOptions, sheetLayout } from '../../src/drawing/index.ts'

const GREY: Scale = { kind: 'grey', low: 0, high: 1 }

/** Five channels of 4 x 2 values in at most 30 CSS pixels. */
const options: SheetOptions = {
  channels: [4, 2, 0, 1, 3],
  width: 4,
  height: 2,
  available: 30,
  cell: 10,
  gap: 2,
  ratio: 1,
}

describe('the layout of a sheet', () => {
  test('enlarges by the largest whole factor that fits and fills rows', () => {
    // 10 / 4 is a factor of 2: pictures of 8 x 4, three of which fit into 30 with gaps of 2.
    expect(sheetLayout(options)).toMatchObject({
      columns: 3,
      rows: 2,
      enlargement: 2,
      block: 1,
      cellWidth: 8,
      cellHeight: 4,
      width: 28,
      height: 10,
    })
  })

  test('works in device pixels', () => {
    // 20 device pixels for a cell allow a factor of 5; 60 hold two pictures of 20 with gaps of 4.
    const layout = sheetLayout({ ...options, ratio: 2 })
    expect(layout).toMatchObject({ columns: 2, rows: 3, enlargement: 5, cellWidth: 20, cellHeight: 10, gap: 4 })
    expect([layout.width, layout.height]).toEqual([44, 38])
    expect(cellBox(layout, 3)).toEqual({ x: 12, y: 7, width: 10, height: 5 })
  })

  test('averages over blocks what is too large', () => {
    const layout = sheetLayout({ ...options, width: 25, height: 9 })
    expect(layout).toMatchObject({ enlargement: 1, block: 3, cellWidth: 9, cellHeight: 3 })
  })

  test('has one column where there is room for none, and no pixel where there is no channel', () => {
    expect(sheetLayout({ ...options, available: 3 })).toMatchObject({ columns: 1, rows: 5, width: 8 })
    expect(sheetLayout({ ...options, channels: [] })).toMatchObject({ rows: 0, height: 0 })
  })

  test('is no wider than its channels', () => {
    expect(sheetLayout({ ...options, available: 1000 })).toMatchObject({ columns: 5, rows: 1, width: 48 })
  })
})

describe('a point of a sheet', () => {
  const layout = sheetLayout(options)

  test('is of a channel and one of its values', () => {
    expect(placeAt(layout, 0, 0)).toEqual({ position: 0, channel: 4, x: 0, y: 0 })
    // The second picture begins at 10: 17.9 is 7.9 into it, the last of four values of 2 pixels each.
    expect(placeAt(layout, 17.9, 3.9)).toEqual({ position: 1, channel: 2, x: 3, y: 1 })
    expect(placeAt(layout, 10.5, 6)).toEqual({ position: 4, channel: 3, x: 0, y: 0 })
  })

  test('between pictures, behind the last one and outside is of none', () => {
    for (const [x, y] of [
      [9, 1],
      [1, 5],
      [21, 7],
      [-1, 1],
      [1, -1],
      [31, 1],
      [1, 11],
    ] as const) {
      expect(placeAt(layout, x, y)).toBeUndefined()
    }
  })

  test('is found in the box of each channel, whatever the device’s ratio', () => {
    for (const ratio of [1, 1.25, 1.5, 2, 3]) {
      const scaled = sheetLayout({ ...options, ratio })
      scaled.channels.forEach((channel, position) => {
        const { x, y, width, height } = cellBox(scaled, position)
        expect(placeAt(scaled, x + width / 2, y + height / 2)).toMatchObject({ channel, position })
      })
    }
  })

  test('of an averaged plane names the first value of its block', () => {
    const coarse = sheetLayout({ ...options, width: 25, height: 9 })
    expect(placeAt(coarse, 8.5, 2.5)).toEqual({ position: 0, channel: 4, x: 24, y: 6 })
  })
})

describe('painting a sheet', () => {
  const reds = ({ data }: Raster): number[] => [...data].filter((_, i) => i % 4 === 0)
  const opacities = ({ data }: Raster): number[] => [...data].filter((_, i) => i % 4 === 3)

  test('puts every channel at its place with its own colours, and nothing between', () => {
    // Two channels of 2 x 1 values, each value 2 x 2 pixels, 1 pixel between.
    const layout = sheetLayout({ channels: [1, 0], width: 2, height: 1, available: 9, cell: 4, gap: 1, ratio: 1 })
    const scaleOf = (channel: number): Scale => ({ kind: 'grey', low: 0, high: channel === 0 ? 1 : 10 })
    const raster = paintSheet(layout, { values: Float32Array.of(0, 1, 2, 10), scaleOf })
    const row = [51, 51, 255, 255, 0, 0, 0, 255, 255]
    expect(reds(raster)).toEqual([...row, ...row])
    const covered = [255, 255, 255, 255, 0, 255, 255, 255, 255]
    expect(opacities(raster)).toEqual([...covered, ...covered])
  })

  test('shows the mean of each block, smaller at the far edge', () => {
    const layout = sheetLayout({ channels: [0], width: 3, height: 2, available: 9, cell: 2, gap: 1, ratio: 1 })
    const raster = paintSheet(layout, { values: Float32Array.of(0, 0.2, 1, 0.4, 0.2, 0.2), scaleOf: () => GREY })
    // (0 + 0.2 + 0.4 + 0.2) / 4 = 0.2 and (1 + 0.2) / 2 = 0.6
    expect(reds(raster)).toEqual([51, 153])
  })

  test('hatches a channel without colours, half transparent on any ground', () => {
    const layout = sheetLayout({ channels: [0], width: 14, height: 14, available: 14, cell: 14, gap: 0, ratio: 1 })
    const raster = paintSheet(layout, { values: new Float32Array(196), scaleOf: () => undefined })
    const opacity = opacities(raster)
    expect(opacity.filter((each) => each === 128)).toHaveLength((196 * 2) / 7)
    expect(opacity.filter((each) => each === 0)).toHaveLength((196 * 5) / 7)
  })

  test('leaves nothing of what was there before', () => {
    const layout = sheetLayout({ channels: [0], width: 7, height: 7, available: 7, cell: 7, gap: 0, ratio: 1 })
    const values = new Float32Array(49).fill(1)
    const first = paintSheet(layout, { values, scaleOf: () => GREY })
    const second = paintSheet(layout, { values, scaleOf: () => undefined }, first)
    expect(second).toBe(first)
    expect(opacities(second)).not.toContain(255)
    const colour = colouringOf(GREY)(1)[0]
    expect(reds(second)).not.toContain(colour)
  })
})
