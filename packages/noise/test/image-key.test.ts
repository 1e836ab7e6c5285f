import { expect, test } from 'vitest'
import { applyNoise, defaultNoise, imageKey } from '../src/index.ts'

test('the key of an image is of its seed and index alone, and stays what it is: published numbers rest on it', () => {
  expect(imageKey(2 ** 32 + 3, 5)).toEqual([3, 1, 0x6000_0001, 5])
  expect(imageKey(3)).toEqual([3, 0, 0x6000_0001, 0])
})

test('two images of one seed have different noise', () => {
  const clean = new Float32Array(8).fill(0.5)
  const noisy = [0, 1].map((index) => applyNoise(clean, defaultNoise('gaussian'), imageKey(1, index)).noisy)
  expect(noisy[0]).not.toEqual(noisy[1])
})
