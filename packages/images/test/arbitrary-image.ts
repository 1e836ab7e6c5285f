import fc from 'fast-check'
import { createImage, type Image } from '../src/index.ts'

/** Images of up to 9x9 pixels with values on the 0..1 scale. */
export function arbitraryImage(minimumSide = 1): fc.Arbitrary<Image> {
  const side = fc.integer({ min: minimumSide, max: 9 })
  return fc.tuple(side, side, fc.constantFrom<1 | 3>(1, 3)).chain(([width, height, channels]) => {
    const length = width * height * channels
    return fc
      .float32Array({ min: 0, max: 1, noNaN: true, minLength: length, maxLength: length })
      .map((data) => createImage(width, height, channels, data))
  })
}
