import { interpolateViridis } from 'd3-scale-chromatic'
import { describe, expect, test } from 'vitest'
import {
  colouringOf,
  fillImage,
  fillPlane,
  grey,
  IMAGE_SCALE,
  NOT_FINITE,
  type Rgb,
  type Scale,
  sequential,
  signed,
} from '../src/index.ts'

/** The four bytes of a pixel. */
const opaque = (colour: Rgb): number[] => [...colour, 255]

describe('the sequential scale', () => {
  test('is viridis, step for step', () => {
    const colour = sequential(0, 255)
    const hexadecimal = (value: number): string =>
      `#${colour(value)
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('')}`
    for (let step = 0; step <= 255; step++) expect(hexadecimal(step)).toBe(interpolateViridis(step / 255))
  })

  test('begins in dark blue, ends in yellow, and has its 129th colour in the middle', () => {
    const colour = sequential(-2, 6)
    expect(colour(-2)).toEqual([0x44, 0x01, 0x54])
    expect(colour(6)).toEqual([0xfd, 0xe7, 0x25])
    expect(colour(2)).toEqual(sequential(0, 255)(128))
  })

  test('gives values beyond its ends the colours of the ends', () => {
    const colour = sequential(1, 2)
    expect(colour(-1e30)).toEqual(colour(1))
    expect(colour(1e30)).toEqual(colour(2))
  })

  test('without extent has one colour', () => {
    const colour = sequential(3, 3)
    expect([colour(2), colour(3), colour(4)]).toEqual([colour(3), colour(3), colour(3)])
    expect(colour(3)).toEqual([0x44, 0x01, 0x54])
  })
})

describe('the signed scale', () => {
  test('has the neutral grey of lightness 0.97 at zero', () => {
    // Oklab without chroma: linear light 0.97^3 = 0.912673, which sRGB writes as 1.055 * 0.912673^(1 / 2.4) - 0.055 = 0.9606.
    expect(signed(0.3)(0)).toEqual([245, 245, 245])
    expect(signed(0.3)(-0)).toEqual([245, 245, 245])
  })

  test('is blue below and red above', () => {
    const [lowRed, , lowBlue] = signed(2)(-2)
    const [highRed, , highBlue] = signed(2)(2)
    expect(lowBlue).toBeGreaterThan(lowRed + 100)
    expect(highRed).toBeGreaterThan(highBlue + 100)
  })

  test('keeps both signs at the same lightness', () => {
    for (const value of [0.1, 0.35, 0.6, 1]) {
      expect(Math.abs(lightness(signed(1)(value)) - lightness(signed(1)(-value)))).toBeLessThan(0.006)
    }
  })

  test('without extent is neutral', () => {
    expect(signed(0)(0)).toEqual([245, 245, 245])
    expect(signed(0)(7)).toEqual([245, 245, 245])
  })
})

test('the grey of images clips as a screen does', () => {
  expect([-1, 0, 0.5, 1, 2].map((value) => grey(value)[0])).toEqual([0, 0, 128, 255, 255])
})

test('values that are not finite have a colour of their own in every scale', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect([grey(value), signed(1)(value), sequential(0, 1)(value)]).toEqual([NOT_FINITE, NOT_FINITE, NOT_FINITE])
  }
})

describe('filling bytes', () => {
  const scales: Scale[] = [
    IMAGE_SCALE,
    { kind: 'sequential', low: -0.7, high: 1.9 },
    { kind: 'signed', limit: 0.8 },
    { kind: 'sequential', low: 0.5, high: 0.5 },
  ]

  test.each(scales)('colours every value of a plane as $kind does', (scale) => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 2)
    values.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0], 7)
    const bytes = new Uint8ClampedArray(values.length * 4)
    fillPlane(bytes, values, scale)
    const colour = colouringOf(scale)
    expect([...bytes]).toEqual([...values].flatMap((value) => opaque(colour(value))))
  })

  test('begins where the bytes begin', () => {
    const whole = new Uint8ClampedArray(16)
    fillPlane(whole.subarray(8), Float32Array.of(1), IMAGE_SCALE)
    expect([...whole]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0])
  })

  test('takes red, green and blue from the three planes of an image', () => {
    const bytes = new Uint8ClampedArray(12)
    // Pixels (0, 0.2, 1), (2, -1, 0.4) and one that is not finite.
    fillImage(bytes, Float32Array.of(0, 2, 0.5, 0.2, -1, Number.NaN, 1, 0.4, 0.5), IMAGE_SCALE)
    expect([...bytes]).toEqual([0, 51, 255, 255, 255, 0, 102, 255, ...opaque(NOT_FINITE)])
  })

  test('shows the differences of colour images around the middle grey', () => {
    const bytes = new Uint8ClampedArray(4)
    fillImage(bytes, Float32Array.of(-0.2, 0, 0.2), { kind: 'grey', low: -0.2, high: 0.2 })
    expect([...bytes]).toEqual([0, 128, 255, 255])
  })
})

/** Oklab's lightness of an sRGB colour, by Ottosson's matrices in the other direction. */
function lightness(colour: Rgb): number {
  const [red, green, blue] = colour.map((byte) => {
    const share = byte / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return (
    0.2104542553 * Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) +
    0.793617785 * Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) -
    0.0040720468 * Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  )
}
