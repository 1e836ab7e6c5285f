import { describe, expect, test } from 'vitest'
import { type Brush, emptyMask, type Point, paintStroke } from '../../src/drawing/index.ts'

const hard = (radius: number): Brush => ({ radius, edge: 'hard' })
const soft = (radius: number): Brush => ({ radius, edge: 'soft' })

/** Weights of a mask after strokes from each point to the next. */
function painted(width: number, height: number, brush: Brush, ...points: Point[]): Float32Array {
  const mask = emptyMask(width, height)
  points.forEach((point, i) => {
    paintStroke(mask, points[i - 1] ?? point, point, brush)
  })
  return mask.weights
}

const area = (weights: Float32Array): number => weights.reduce((sum, weight) => sum + weight, 0)

describe('a dab of a hard brush', () => {
  test('is a disc of its radius', () => {
    const radius = 40
    const weights = painted(100, 100, hard(radius), { x: 50, y: 50 })
    // The number of lattice points in a circle differs from its area by much less than its circumference.
    expect(Math.abs(area(weights) - Math.PI * radius ** 2)).toBeLessThan(0.1 * 2 * Math.PI * radius)
    expect(new Set(weights)).toEqual(new Set([0, 1]))
  })

  test('is the same seen from all four sides', () => {
    const weights = painted(20, 20, hard(6.3), { x: 10, y: 10 })
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 20; x++) {
        const weight = weights[y * 20 + x]
        expect([weights[y * 20 + 19 - x], weights[(19 - y) * 20 + x], weights[x * 20 + y]]).toEqual([
          weight,
          weight,
          weight,
        ])
      }
    }
  })

  test('of radius 1 in the middle of a pixel is a cross of five', () => {
    expect([...painted(3, 3, hard(1), { x: 1.5, y: 1.5 })]).toEqual([0, 1, 0, 1, 1, 1, 0, 1, 0])
  })

  test('always paints the pixel under the pointer, however small it is', () => {
    expect(painted(3, 1, hard(0.1), { x: 1.01, y: 0.02 })[1]).toBe(1)
    expect([...painted(3, 1, hard(0), { x: 1.5, y: 0.5 })]).toEqual([0, 1, 0])
    for (const [x, y] of [
      [1.01, 0.02],
      [1.5, 0.5],
      [1.99, 0.99],
    ] as const) {
      expect(painted(3, 1, soft(0.1), { x, y })[1]).toBeGreaterThan(0.19)
    }
  })

  test('is cut off at the edges, and beyond them paints nothing', () => {
    expect([...painted(2, 2, hard(1), { x: 0, y: 0 })]).toEqual([1, 0, 0, 0])
    expect(area(painted(4, 4, hard(2), { x: -5, y: 2 }))).toBe(0)
  })
})

test('a dab of a soft brush falls from 1 in the middle over a half to 0 at the radius', () => {
  const weights = painted(9, 1, soft(4), { x: 4.5, y: 0.5 })
  const expected = [0, 1, 2, 3, 4].map((distance) => Math.fround(0.5 + 0.5 * Math.cos((Math.PI * distance) / 4)))
  expect([...weights.subarray(4)]).toEqual(expected)
  expect([...weights.subarray(0, 5)]).toEqual(expected.toReversed())
  expect(weights[6]).toBeCloseTo(0.5, 6)
})

describe('a stroke', () => {
  test('is a rectangle between its ends with half a disc at each', () => {
    const radius = 10
    const weights = painted(200, 40, hard(radius), { x: 30, y: 20 }, { x: 170, y: 20 })
    const expected = 140 * 2 * radius + Math.PI * radius ** 2
    expect(Math.abs(area(weights) - expected) / expected).toBeLessThan(0.01)
  })

  test('leaves no gap between distant positions of a fast pointer', () => {
    const weights = painted(50, 50, hard(0.75), { x: 1.5, y: 1.5 }, { x: 48.5, y: 30.5 })
    for (let x = 1; x <= 48; x++) {
      const column = Array.from({ length: 50 }, (_, y) => weights[y * 50 + x] as number)
      expect(area(Float32Array.from(column))).toBeGreaterThan(0)
    }
  })

  test.each([hard(3), soft(5)])('in many pieces is the same as in one ($edge)', (brush) => {
    const pieces = Array.from({ length: 17 }, (_, i) => ({ x: 5 + i * 2, y: 10 }))
    const whole = painted(50, 20, brush, { x: 5, y: 10 }, { x: 37, y: 10 })
    const inPieces = painted(50, 20, brush, ...pieces)
    inPieces.forEach((weight, i) => {
      expect(Math.abs(weight - (whole[i] as number))).toBeLessThan(1e-6)
    })
  })

  test.each([hard(2), soft(2)])('says whether it changed anything ($edge)', (brush) => {
    const mask = emptyMask(10, 10)
    const point = { x: 5.3, y: 5.1 }
    expect(paintStroke(mask, point, point, brush)).toBe(true)
    expect(paintStroke(mask, point, point, brush)).toBe(false)
    expect(paintStroke(mask, { x: 50, y: 5 }, { x: 60, y: 5 }, brush)).toBe(false)
  })
})
