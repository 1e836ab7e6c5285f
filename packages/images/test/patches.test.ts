import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySymmetry, createImage, crop, type Image, patches, randomCrops, SYMMETRIES } from '../src/index.ts'
import { seededRandom } from '../src/random.ts'
import { arbitraryImage } from './arbitrary-image.ts'

/** An image in which every value is another, so that a patch tells where it comes from. */
function numbered(width: number, height: number, channels: 1 | 3 = 1, first = 0): Image {
  const length = width * height * channels
  return createImage(
    width,
    height,
    channels,
    Float32Array.from({ length }, (_, index) => first + index),
  )
}

describe('patches on a grid', () => {
  it('are the crops at every stride, in reading order, leaving out what is narrower than a patch', () => {
    const sizes = fc.integer({ min: 1, max: 3 })
    const strides = fc.integer({ min: 1, max: 4 })
    fc.assert(
      fc.property(arbitraryImage(3), sizes, strides, (image, size, stride) => {
        const expected: number[] = []
        for (let top = 0; top + size <= image.height; top += stride) {
          for (let left = 0; left + size <= image.width; left += stride) {
            expected.push(...crop(image, left, top, size, size).data)
          }
        }
        const set = patches(image, { size, stride })
        expect(Array.from(set.data)).toEqual(expected)
        expect(set.count * set.channels * size * size).toBe(expected.length)
      }),
      { numRuns: 50 },
    )
  })

  it('come in all eight symmetries when asked for', () => {
    const image = numbered(4, 4, 3)
    const set = patches(image, { size: 4, augmentation: 'all' })
    expect(set.count).toBe(8)
    for (const symmetry of SYMMETRIES) {
      expect(set.data.slice(symmetry * 48, (symmetry + 1) * 48)).toEqual(applySymmetry(image, symmetry).data)
    }
  })

  it('are turned at random by the seed: the same seed the same way, another another way', () => {
    const image = numbered(40, 40)
    const turned = (seed: number) => patches(image, { size: 4, augmentation: 'random', seed }).data
    expect(turned(1)).toEqual(turned(1))
    expect(turned(2)).not.toEqual(turned(1))
    expect(Array.from(turned(1)).sort((a, b) => a - b)).toEqual(Array.from(image.data))
  })

  it('skip images that are too small, count them, and refuse when all are', () => {
    const set = patches([numbered(3, 9), numbered(5, 5), numbered(9, 3)], { size: 4 })
    expect([set.count, set.skipped]).toEqual([1, 2])
    expect(() => patches([numbered(3, 9), numbered(2, 2)], { size: 4 })).toThrow(
      'None of 2 images holds a patch of 4x4; the largest that fits any is 3x3',
    )
    expect(() => patches([], { size: 4 })).toThrow(InputError)
  })

  it('refuse grey mixed with colour, sizes that are no whole numbers, and more than memory holds', () => {
    expect(() => patches([numbered(4, 4), numbered(4, 4, 3)], { size: 2 })).toThrow(/cannot be mixed/)
    for (const bad of [0, -1, 1.5, Number.NaN]) {
      expect(() => patches(numbered(4, 4), { size: bad }), `size ${bad}`).toThrow(InputError)
      expect(() => patches(numbered(4, 4), { size: 2, stride: bad }), `stride ${bad}`).toThrow(InputError)
    }
    const options = { size: 200, stride: 1, augmentation: 'all' } as const
    expect(() => patches(numbered(400, 400), options)).toThrow(/at most 2 GiB/)
  })
})

describe('random crops', () => {
  it('are determined by the seed', () => {
    const images = [numbered(9, 7), numbered(5, 12, 1, 1000)]
    const draw = (seed: number) => randomCrops(images, { size: 3, count: 20, seed }).data
    expect(draw(3)).toEqual(draw(3))
    expect(draw(4)).not.toEqual(draw(3))
  })

  it('are pieces of the images, in one of the eight symmetries', () => {
    fc.assert(
      fc.property(arbitraryImage(2), fc.integer(), (image, seed) => {
        const set = randomCrops(image, { size: 2, count: 3, seed })
        const pieces = patches(image, { size: 2, stride: 1, augmentation: 'all' })
        const length = 4 * image.channels
        const texts = (data: Float32Array): string[] =>
          Array.from({ length: data.length / length }, (_, i) => data.slice(i * length, (i + 1) * length).join())
        const known = new Set(texts(pieces.data))
        for (const text of texts(set.data)) expect(known.has(text)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('fall on every place of every image about equally often', () => {
    const images = [numbered(4, 3), numbered(3, 2, 1, 100)]
    const set = randomCrops(images, { size: 2, count: 8000, augment: false, seed: 5 })
    const counts = new Map<number, number>()
    for (let index = 0; index < set.count; index++) {
      const corner = set.data[index * 4] as number
      counts.set(corner, (counts.get(corner) ?? 0) + 1)
    }
    expect(Array.from(counts.keys()).sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 100, 101])
    // 1000 expected of each; five standard deviations are 148.
    for (const [corner, count] of counts) expect(Math.abs(count - 1000), `corner ${corner}`).toBeLessThan(150)
  })

  it('cover an image of exactly their size', () => {
    const image = numbered(3, 3)
    expect(randomCrops(image, { size: 3, count: 1, augment: false }).data).toEqual(image.data)
  })
})

describe('the generator of places', () => {
  it('gives the same numbers for ever', () => {
    const random = seededRandom(42)
    expect([random.below(1000), random.below(1000), random.below(2 ** 40)]).toEqual([985, 778, 194565396413])
  })
})
