import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Blend, cutTile, tileCorners } from '../src/tiles.ts'

const SIZE = 28
const side = fc.integer({ min: 1, max: 90 })

test('tiles that are cut and put together unchanged give the image back, whatever its size', () => {
  fc.assert(
    fc.property(side, side, (width, height) => {
      const data = Float32Array.from({ length: width * height }, (_, i) => Math.sin(i))
      const blend = new Blend({ width, height }, SIZE)
      for (const corner of tileCorners({ width, height }, SIZE)) {
        const tile = new Float32Array(SIZE * SIZE)
        cutTile({ width, height, data }, corner, SIZE, tile)
        blend.add(tile, corner)
      }
      const error = blend.result().reduce((worst, value, i) => Math.max(worst, Math.abs(value - data[i]!)), 0)
      expect(error).toBeLessThan(1e-6)
    }),
    { numRuns: 40 },
  )
})

test('an image of the size of a tile is one tile', () => {
  expect(tileCorners({ width: SIZE, height: SIZE }, SIZE)).toEqual([{ x: 0, y: 0 }])
})

test('tiles lie within a larger image and neighbours overlap by 8 pixels or more', () => {
  const corners = tileCorners({ width: 100, height: SIZE }, SIZE)
  expect(corners.map(({ x }) => x)).toEqual([0, 18, 36, 54, 72])
})

test('a smaller image is reflected at its edges without repeating them', () => {
  const tile = new Float32Array(8 * 8)
  cutTile({ width: 3, height: 1, data: Float32Array.of(1, 2, 3) }, { x: 0, y: 0 }, 8, tile)
  expect([...tile.subarray(0, 8)]).toEqual([1, 2, 3, 2, 1, 2, 3, 2])
  expect([...tile.subarray(56)]).toEqual([1, 2, 3, 2, 1, 2, 3, 2])
})

test('where two tiles overlap the result fades from one into the other', () => {
  const blend = new Blend({ width: 48, height: 1 }, SIZE)
  blend.add(new Float32Array(SIZE * SIZE).fill(0), { x: 0, y: 0 })
  blend.add(new Float32Array(SIZE * SIZE).fill(1), { x: 20, y: 0 })
  const row = [...blend.result()]
  expect(row.slice(0, 20)).toEqual(new Array(20).fill(0))
  expect(row.slice(28)).toEqual(new Array(20).fill(1))
  for (let x = 20; x <= 28; x++) expect(row[x]!).toBeGreaterThan(row[x - 1]!)
})
