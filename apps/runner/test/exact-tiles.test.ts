import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactTiles } from '../src/exact-tiles.ts'

const side = fc.integer({ min: 1, max: 300 })
const cases = fc.record({
  width: side,
  height: side,
  radius: fc.integer({ min: 1, max: 20 }),
  alignment: fc.constantFrom(1, 2),
  maximumPixels: fc.integer({ min: 10_000, max: 40_000 }),
})

test('tiles give every pixel once, none nearer than the radius to a cut, and lie on multiples of the alignment', () => {
  fc.assert(
    fc.property(cases, ({ width, height, radius, alignment, maximumPixels }) => {
      const image = { width: width * alignment, height: height * alignment }
      const tiles = exactTiles(image, { radius, alignment, maximumPixels })
      expect(tiles.width * tiles.height).toBeLessThanOrEqual(maximumPixels)
      const given = new Uint8Array(image.width * image.height)
      for (const { x, y, left, right, top, bottom } of tiles.tiles) {
        expect(x % alignment).toBe(0)
        expect(y % alignment).toBe(0)
        expect(x + tiles.width).toBeLessThanOrEqual(image.width)
        expect(y + tiles.height).toBeLessThanOrEqual(image.height)
        expect(left - x).toBeGreaterThanOrEqual(x === 0 ? 0 : radius)
        expect(top - y).toBeGreaterThanOrEqual(y === 0 ? 0 : radius)
        expect(x + tiles.width - right).toBeGreaterThanOrEqual(x + tiles.width === image.width ? 0 : radius)
        expect(y + tiles.height - bottom).toBeGreaterThanOrEqual(y + tiles.height === image.height ? 0 : radius)
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) given[row * image.width + column]!++
        }
      }
      expect(given.every((times) => times === 1)).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('an image within the limit is one tile', () => {
  const { tiles } = exactTiles({ width: 300, height: 200 }, { radius: 17, maximumPixels: 60_000 })
  expect(tiles).toEqual([{ x: 0, y: 0, left: 0, right: 300, top: 0, bottom: 200 }])
})

test('8,000 x 8,000 pixels are tiles of at most 512 x 512, a tenth more work than the image', () => {
  const plan = exactTiles({ width: 8000, height: 8000 }, { radius: 8, maximumPixels: 2 ** 18 })
  expect(plan.width * plan.height).toBeLessThanOrEqual(2 ** 18)
  expect(plan.tiles.length * plan.width * plan.height).toBeLessThan(1.1 * 8000 * 8000)
})

test.each([
  ['dncnn-compact', { radius: 8 }],
  ['dncnn-b', { radius: 20 }],
  ['adnet', { radius: 20 }],
  ['ffdnet', { radius: 31, alignment: 2 }],
])('8,000 x 8,000 pixels through %s are given once each, by tiles of at most 512 x 512', (_, network) => {
  const size = 8000
  const plan = exactTiles({ width: size, height: size }, { ...network, maximumPixels: 2 ** 18 })
  expect(plan.width * plan.height).toBeLessThanOrEqual(2 ** 18)
  const spans = (of: (tile: (typeof plan.tiles)[number]) => readonly [number, number]) =>
    [...new Map(plan.tiles.map((tile) => [of(tile)[0], of(tile)])).values()].toSorted(([a], [b]) => a - b)
  const [columns, rows] = [spans(({ left, right }) => [left, right]), spans(({ top, bottom }) => [top, bottom])]
  for (const axis of [columns, rows]) {
    expect(axis.map(([start]) => start)).toEqual([0, ...axis.slice(0, -1).map(([, end]) => end)])
    expect(axis.at(-1)?.[1]).toBe(size)
  }
  const places = new Set(plan.tiles.map(({ left, top, right, bottom }) => [left, top, right, bottom].join()))
  const grid = rows.flatMap(([top, bottom]) => columns.map(([left, right]) => [left, top, right, bottom].join()))
  expect([...places].toSorted()).toEqual(grid.toSorted())
  expect(plan.tiles).toHaveLength(grid.length)
})

test('tiles too small to have an inside are refused', () => {
  expect(() => exactTiles({ width: 100, height: 100 }, { radius: 20, maximumPixels: 900 })).toThrow(
    /100x100 cannot be cut into tiles of 900 pixels that see 20 pixels/,
  )
})
