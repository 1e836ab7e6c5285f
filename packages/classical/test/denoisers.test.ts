import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { classicalDenoisers } from '../src/index.ts'
import {
  decibels,
  FLOAT32,
  largestDifference,
  planeOf,
  randomPlane,
  shapes,
  sizes,
  stripedShapes,
  withNoise,
} from './planes.ts'

const SIGMA = 25 / 255
/** Those whose result does not depend on sigma. */
const WITHOUT_SIGMA = ['mean', 'median']

describe.each(classicalDenoisers)('$name', ({ denoise }) => {
  test.each(sizes)('keeps a constant plane of %i x %i pixels, black too', (width, height) => {
    for (const value of [0, 0.3]) {
      const plane = planeOf(width, height, () => value)
      for (const sigma of [SIGMA, 1]) {
        expect(largestDifference(denoise(plane, sigma).data, plane.data), `${value}`).toBeLessThan(FLOAT32)
      }
    }
  })

  test.each(sizes)(
    'leaves %i x %i pixels finite, of the same size, and what it was given unchanged',
    (width, height) => {
      const plane = randomPlane(width, height)
      const before = plane.data.slice()
      const result = denoise(plane, SIGMA)
      expect(result).toMatchObject({ width, height })
      expect(result.data).toHaveLength(width * height)
      expect(result.data.every(Number.isFinite)).toBe(true)
      expect(plane.data).toEqual(before)
    },
  )

  test('brings noisy shapes at least 2 dB nearer to the clean ones', () => {
    const clean = shapes()
    const noisy = withNoise(clean, SIGMA)
    expect(decibels(denoise(noisy, SIGMA), clean)).toBeGreaterThan(decibels(noisy, clean) + 2)
  })

  test('refuses NaN, infinity, a wrong number of values and sides that are not whole', () => {
    const { data } = randomPlane(3, 3)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => denoise({ width: 3, height: 3, data: data.with(4, bad) }, SIGMA)).toThrow(InputError)
    }
    expect(() => denoise({ width: 3, height: 2, data }, SIGMA)).toThrow(InputError)
    expect(() => denoise({ width: 4.5, height: 2, data }, SIGMA)).toThrow(InputError)
    expect(() => denoise({ width: 0, height: 0, data: new Float32Array() }, SIGMA)).toThrow(InputError)
  })
})

describe.each(classicalDenoisers.filter(({ name }) => !WITHOUT_SIGMA.includes(name)))('$name', ({ denoise }) => {
  test('leaves the plane as it is at sigma 0 and refuses a sigma that is none', () => {
    const plane = randomPlane(13, 11)
    expect(largestDifference(denoise(plane, 0).data, plane.data)).toBeLessThan(FLOAT32)
    for (const sigma of [-0.1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => denoise(plane, sigma)).toThrow(InputError)
    }
  })
})

test('the best of them on shapes and stripes is BM3D', () => {
  const clean = stripedShapes()
  const noisy = withNoise(clean, SIGMA)
  const quality = classicalDenoisers.map(({ name, denoise }) => ({
    name,
    psnr: decibels(denoise(noisy, SIGMA), clean),
  }))
  const best = quality.toSorted((a, b) => b.psnr - a.psnr)[0]
  expect(best?.name, JSON.stringify(quality)).toBe('bm3d')
})
