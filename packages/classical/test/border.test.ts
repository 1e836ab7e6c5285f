import { expect, test } from 'vitest'
import { extend, mirrored, pad, repeated } from '../src/border.ts'
import { planeOf } from './planes.ts'

const places = Array.from({ length: 11 }, (_, i) => i - 4)

test('a mirror shows the last pixel twice, and the image again behind the mirror image', () => {
  expect(places.map((i) => mirrored(i, 3))).toEqual([2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0])
  expect(places.map((i) => mirrored(i, 1))).toEqual(places.map(() => 0))
})

test('a repeated border is the last pixel for ever', () => {
  expect(places.map((i) => repeated(i, 3))).toEqual([0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2])
})

test('a padded plane has the plane in its middle and the border around it', () => {
  const plane = planeOf(2, 2, (x, y) => 1 + x + 2 * y)
  expect(pad(plane, 1, repeated)).toEqual({
    width: 4,
    height: 4,
    data: Float32Array.of(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4),
  })
  expect(extend(plane, { left: 0, top: 1, width: 3, height: 2 }, mirrored).data).toEqual(
    Float32Array.of(1, 2, 2, 1, 2, 2),
  )
})
