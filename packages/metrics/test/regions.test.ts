import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectMask, objectRegions, regionNames } from '../src/index.ts'

interface Mask {
  readonly width: number
  readonly height: number
  readonly mask: number[]
}

const anyMask: fc.Arbitrary<Mask> = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain(({ width, height }) => {
    const size = width * height
    const pixel = fc.oneof({ arbitrary: fc.constant(1), weight: 3 }, { arbitrary: fc.constant(0), weight: 1 })
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      mask: fc.array(pixel, { minLength: size, maxLength: size }),
    })
  })

/** Whether some (dilation) or all (erosion) neighbours inside the image are object, pixel by pixel. */
function neighbours({ width, height, mask }: Mask, x: number, y: number): number[] {
  const found: number[] = []
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height
      if (inside) found.push(mask[(y + dy) * width + x + dx]!)
    }
  }
  return found
}

/** Letters for regions, a line a row. */
const drawn = (mask: number[], width: number): string[] => {
  const regions = objectRegions(mask, { width, height: mask.length / width })
  const letters = [...regions].map((region) => regionNames[region]![0])
  return Array.from({ length: mask.length / width }, (_, y) => letters.slice(y * width, (y + 1) * width).join(''))
}

describe('object regions', () => {
  test('of a 3x3 object are one pixel of core, an edge on both sides of the outline, and the rest', () => {
    const mask = Array.from({ length: 49 }, (_, i) => Number(i % 7 >= 1 && i % 7 <= 3 && i >= 7 && i < 28))
    expect(drawn(mask, 7)).toEqual(['eeeeebb', 'eeeeebb', 'eeceebb', 'eeeeebb', 'eeeeebb', 'bbbbbbb', 'bbbbbbb'])
  })

  test('leave an object core where it touches the border', () => {
    const mask = Array.from({ length: 25 }, (_, i) => Number(i % 5 < 2))
    expect(drawn(mask, 5)).toEqual(['ceebb', 'ceebb', 'ceebb', 'ceebb', 'ceebb'])
  })

  test('are all core where all is object, and all background where nothing is', () => {
    expect(drawn([1, 1, 1, 1], 2)).toEqual(['cc', 'cc'])
    expect(drawn([0, 0, 0, 0], 2)).toEqual(['bb', 'bb'])
  })

  test('are erosion and dilation written out, at every size from 1x1 to 9x9', () => {
    fc.assert(
      fc.property(anyMask, (image) => {
        const expected = image.mask.map((_, i) => {
          const near = neighbours(image, i % image.width, Math.floor(i / image.width))
          if (near.every((value) => value === 1)) return 'core'
          return near.some((value) => value === 1) ? 'edge' : 'background'
        })
        expect([...objectRegions(image.mask, image)].map((region) => regionNames[region])).toEqual(expected)
      }),
      { numRuns: 200, seed: 1982 },
    )
  })

  test('refuse masks of another size or with other values than 0 and 1', () => {
    expect(() => objectRegions([1, 0, 1], { width: 2, height: 2 })).toThrow(InputError)
    expect(() => objectRegions([1, 0, 1, 255], { width: 2, height: 2 })).toThrow(/255 at index 3/)
    expect(() => objectRegions([], { width: 0, height: 2 })).toThrow(InputError)
  })
})

describe('object mask', () => {
  test('is 1 above the threshold and not at it', () => {
    const clean = Float32Array.from([0, 0.25, 0.5, 1])
    expect([...objectMask(clean, { width: 2, height: 2 }, 0.25)]).toEqual([0, 0, 1, 1])
  })

  test('has a pixel of colour that is bright in one channel', () => {
    const clean = Float32Array.from([0, 0, 1, 0, 0, 0])
    expect([...objectMask(clean, { width: 2, height: 1, channels: 3 })]).toEqual([1, 0])
  })

  test('refuses NaN and images of another size', () => {
    expect(() => objectMask(Float32Array.from([Number.NaN]), { width: 1, height: 1 })).toThrow(/NaN at index 0/)
    expect(() => objectMask(new Float32Array(3), { width: 2, height: 2 })).toThrow(InputError)
    expect(() => objectMask(new Float32Array(4), { width: 2, height: 2 }, Number.NaN)).toThrow(InputError)
  })
})
