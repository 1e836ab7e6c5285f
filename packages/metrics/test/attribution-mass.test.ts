import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { attributionMass } from '../src/index.ts'
import { smallImage } from './separation-images.ts'

describe('attribution mass on noise', () => {
  const image = smallImage()
  const ones = new Float32Array(25).fill(1)

  test('is 1 for a map that is the same everywhere, and null where a region has no noise', () => {
    const mass = attributionMass({ ...image, map: ones })
    expect(mass.core).toBeCloseTo(1, 12)
    expect(mass.background).toBeCloseTo(1, 12)
    expect(mass.image).toBeCloseTo(1, 12)
    expect(mass.edge).toBe(null)
  })

  test('counts magnitudes: by hand for one pixel of noise at -3', () => {
    const mass = attributionMass({ ...image, map: ones.with(0, -3) })
    expect(mass.core).toBeCloseTo(4 / 7 / (2 / 5), 12)
    expect(mass.background).toBeCloseTo(1, 12)
    expect(mass.image).toBeCloseTo(6 / 27 / (4 / 25), 12)
    // The whole object: ten pixels in two columns, of which two are noise.
    expect(mass.object).toBeCloseTo(4 / 12 / (2 / 10), 12)
  })

  test('is pixels over pixels of noise for a map on noise alone, and 0 for one that avoids it', () => {
    const isNoise = image.noisy.map((value, i) => Number(value !== image.clean[i]))
    expect(attributionMass({ ...image, map: isNoise }).image).toBeCloseTo(25 / 4, 12)
    expect(attributionMass({ ...image, map: isNoise.map((is) => 1 - is) }).image).toBe(0)
  })

  test('is null for a map of zeros and where every pixel is noise', () => {
    expect(attributionMass({ ...image, map: new Float32Array(25) }).image).toBe(null)
    const noisy = image.clean.map((value) => value + 0.25)
    expect(attributionMass({ ...image, noisy, map: ones }).image).toBe(null)
  })

  test('takes a pixel of colour as noise when one channel is', () => {
    const clean = Float32Array.from([1, 1, 1, 1])
    const noisy = Float32Array.from([1, 1, 0, 1])
    const mass = attributionMass({ clean, noisy, map: [3, 1], width: 2, height: 1, channels: 2 })
    expect(mass.image).toBeCloseTo(3 / 4 / (1 / 2), 12)
  })

  test('refuses NaN in the map, maps of another size, empty masks and a tau of 0', () => {
    expect(() => attributionMass({ ...image, map: ones.with(7, Number.NaN) })).toThrow(/the map holds NaN at index 7/)
    expect(() => attributionMass({ ...image, map: new Float32Array(24) })).toThrow(InputError)
    expect(() => attributionMass({ ...image, map: ones, mask: new Uint8Array(25) })).toThrow(/the mask is empty/)
    expect(() => attributionMass({ ...image, map: ones }, { tau: 0 })).toThrow(InputError)
  })
})
