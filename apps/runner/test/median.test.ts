import { createImage } from '@noisescope/images'
import { expect, test } from 'vitest'
import { medianFilter } from '../src/median.ts'

test('the median removes a single wrong pixel and keeps an edge', () => {
  const data = Float32Array.from({ length: 49 }, (_, i) => (i % 7 < 3 ? 0 : 1))
  const wrong = data.slice()
  wrong[7 * 3 + 5] = 0
  expect([...medianFilter(createImage(7, 7, 1, wrong)).data]).toEqual([...data])
})

test('beyond the edges the median sees the edge pixels again', () => {
  expect([...medianFilter(createImage(3, 1, 1, Float32Array.of(0, 0.5, 1))).data]).toEqual([0, 0.5, 1])
})

test('every channel is filtered by itself', () => {
  const data = Float32Array.from({ length: 27 }, (_, i) => Math.floor(i / 9))
  expect([...medianFilter(createImage(3, 3, 3, data)).data]).toEqual([...data])
})
