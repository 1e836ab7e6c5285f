import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { bm3d, highNoiseProfile, normalProfile, type Profile, profileFor } from '../src/index.ts'
import { decibels, FLOAT32, largestDifference, planeOf, randomPlane, stripedShapes, withNoise } from './planes.ts'

const SIGMA = 25 / 255

describe('BM3D', () => {
  test('takes off nine tenths of the noise of shapes and stripes', () => {
    const clean = stripedShapes()
    const noisy = withNoise(clean, SIGMA)
    const gain = decibels(bm3d(noisy, SIGMA), clean) - decibels(noisy, clean)
    expect(gain).toBeGreaterThan(10)
  })

  test('leaves the plane as it is at sigma 0, and at one whose square is no number above 0', () => {
    const plane = randomPlane(12, 9)
    expect(bm3d(plane, 0)).toEqual(plane)
    expect(bm3d(plane, 1e-200)).toEqual(plane)
  })

  test.each([normalProfile, highNoiseProfile])(
    'lets an offset through, as the means of groups are not shrunk',
    (profile) => {
      const noisy = withNoise(stripedShapes(33), SIGMA)
      // A power of two, so that the difference is not lost in float32.
      const lifted = { ...noisy, data: noisy.data.map((value) => value - 0.5) }
      const expected = bm3d(noisy, SIGMA, profile).data.map((value) => value - 0.5)
      expect(largestDifference(bm3d(lifted, SIGMA, profile).data, expected)).toBeLessThan(1e-5)
    },
  )

  test('turns black with noise to nearly black', () => {
    const { data } = bm3d(
      withNoise(
        planeOf(28, 28, () => 0),
        0.1,
      ),
      0.1,
    )
    expect(Math.max(...data.map(Math.abs))).toBeLessThan(0.04)
  })

  test('an image smaller than a block is that much of its mirrored image', () => {
    const small = withNoise(stripedShapes(5), SIGMA)
    const { data } = bm3d(small, SIGMA)
    const roomy = planeOf(8, 8, (x, y) => small.data[Math.min(y, 9 - y) * 5 + Math.min(x, 9 - x)] as number)
    const expected = bm3d(roomy, SIGMA).data.filter((_, i) => i % 8 < 5 && i < 40)
    expect(largestDifference(data, expected)).toBeLessThan(FLOAT32)
  })

  test('has the profile for much noise above 40 of 255', () => {
    expect(profileFor(40 / 255)).toBe(normalProfile)
    expect(profileFor(41 / 255)).toBe(highNoiseProfile)
  })

  test.each<[string, Profile]>([
    ['a block of 0', { ...normalProfile, wiener: { ...normalProfile.wiener, block: 0 } }],
    ['a step past the block', { ...normalProfile, wiener: { ...normalProfile.wiener, step: 9 } }],
    ['a step of half a pixel', { ...normalProfile, wiener: { ...normalProfile.wiener, step: 0.5 } }],
    ['an even search window', { ...normalProfile, wiener: { ...normalProfile.wiener, search: 38 } }],
    ['groups of 12', { ...normalProfile, wiener: { ...normalProfile.wiener, group: 12 } }],
    ['a match of 0', { ...normalProfile, wiener: { ...normalProfile.wiener, match: 0 } }],
    ['wavelets of 11', { ...normalProfile, hardThresholding: { ...normalProfile.hardThresholding, block: 11 } }],
    ['a negative threshold', { ...normalProfile, threshold: -1 }],
  ])('refuses a profile with %s', (_, profile) => {
    expect(() => bm3d(randomPlane(12, 12), SIGMA, profile)).toThrow(InputError)
  })
})
