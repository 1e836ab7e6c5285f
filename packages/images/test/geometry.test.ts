import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applySymmetry,
  createImage,
  crop,
  halfSize,
  imageFromRgba,
  rgbaFromImage,
  SYMMETRIES,
  toColour,
  toGrey,
} from '../src/index.ts'
import { arbitraryImage } from './arbitrary-image.ts'

const image = createImage(3, 2, 1, Float32Array.of(1, 2, 3, 4, 5, 6))

describe('the eight symmetries', () => {
  it.each([
    [0, [1, 2, 3, 4, 5, 6], 3],
    [1, [4, 1, 5, 2, 6, 3], 2],
    [2, [6, 5, 4, 3, 2, 1], 3],
    [3, [3, 6, 2, 5, 1, 4], 2],
    [4, [3, 2, 1, 6, 5, 4], 3],
    [5, [6, 3, 5, 2, 4, 1], 2],
    [6, [4, 5, 6, 1, 2, 3], 3],
    [7, [1, 4, 2, 5, 3, 6], 2],
  ] as const)('%i turns 123/456 as documented', (symmetry, values, width) => {
    const turned = applySymmetry(image, symmetry)
    expect(Array.from(turned.data)).toEqual(values)
    expect(turned.width).toBe(width)
  })

  it('are undone: a turn by three more turns, a mirrored one by itself', () => {
    fc.assert(
      fc.property(arbitraryImage(), fc.constantFrom(...SYMMETRIES), (original, symmetry) => {
        const inverse = symmetry === 1 ? 3 : symmetry === 3 ? 1 : symmetry
        expect(applySymmetry(applySymmetry(original, symmetry), inverse)).toEqual(original)
      }),
    )
  })
})

describe('crop', () => {
  it('takes the pixels of the rectangle from every channel', () => {
    const colour = createImage(
      3,
      2,
      3,
      Float32Array.from({ length: 18 }, (_, index) => index),
    )
    expect(crop(colour, 1, 0, 2, 2)).toEqual(
      createImage(2, 2, 3, Float32Array.of(1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17)),
    )
  })

  it.each([
    [-1, 0, 2, 2],
    [2, 0, 2, 2],
    [0, 1, 1, 2],
    [0.5, 0, 1, 1],
  ])('refuses (%d, %d) %dx%d outside of 3x2', (left, top, width, height) => {
    expect(() => crop(image, left, top, width, height)).toThrow(InputError)
  })
})

describe('halfSize', () => {
  it('averages 2x2 squares and drops an odd column', () => {
    expect(halfSize(image)).toEqual(createImage(1, 1, 1, Float32Array.of(3)))
  })

  it('keeps the mean of an image with even sides', () => {
    fc.assert(
      fc.property(arbitraryImage(2), (original) => {
        const even = crop(original, 0, 0, original.width & ~1, original.height & ~1)
        const mean = (data: Float32Array): number => data.reduce((sum, value) => sum + value, 0) / data.length
        expect(mean(halfSize(even).data)).toBeCloseTo(mean(even.data), 5)
      }),
    )
  })

  it('refuses an image that is one pixel wide', () => {
    expect(() => halfSize(createImage(1, 4, 1, new Float32Array(4)))).toThrow(/1x4 image cannot be halved/)
  })
})

describe('colour', () => {
  it('becomes BT.601 luma', () => {
    const primaries = createImage(3, 1, 3, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1))
    expect(Array.from(toGrey(primaries).data, (value) => value.toFixed(6))).toEqual([
      '0.299000',
      '0.587000',
      '0.114000',
    ])
  })

  it('made of grey turns back to exactly that grey', () => {
    fc.assert(
      fc.property(arbitraryImage(), (original) => {
        const grey = toGrey(original)
        expect(toGrey(toColour(grey))).toEqual(grey)
      }),
    )
  })

  it('goes through a canvas and back within half a grey level', () => {
    fc.assert(
      fc.property(arbitraryImage(), (original) => {
        const rgba = rgbaFromImage(original)
        const back = imageFromRgba(original.width, original.height, rgba)
        for (const [index, value] of toColour(original).data.entries()) {
          expect(Math.abs(value - (back.data[index] as number))).toBeLessThanOrEqual(0.5001 / 255)
        }
      }),
    )
  })

  it('from too few bytes is refused', () => {
    expect(() => imageFromRgba(2, 2, new Uint8ClampedArray(12))).toThrow(/12 samples do not make 2x2/)
    expect(() => createImage(0, 2, 1, new Float32Array())).toThrow(InputError)
    expect(() => createImage(2, 2, 1, new Float32Array(3))).toThrow(/4 are needed/)
  })
})
