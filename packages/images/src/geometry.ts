import { InputError } from '@noisescope/core'
import { createImage, type Image } from './image.ts'

/**
 * Cuts the rectangle with its upper left corner at (left, top) out of an image.
 *
 * @throws InputError if it does not lie within the image
 */
export function crop(image: Image, left: number, top: number, width: number, height: number): Image {
  const inside =
    [left, top, width, height].every(Number.isInteger) &&
    left >= 0 &&
    top >= 0 &&
    left + width <= image.width &&
    top + height <= image.height
  if (!inside) {
    throw new InputError(
      `The rectangle ${width}x${height} at (${left}, ${top}) does not lie within the image of` +
        ` ${image.width}x${image.height}`,
    )
  }
  const data = new Float32Array(image.channels * width * height)
  for (let channel = 0; channel < image.channels; channel++) {
    for (let y = 0; y < height; y++) {
      const from = (channel * image.height + top + y) * image.width + left
      data.set(image.data.subarray(from, from + width), (channel * height + y) * width)
    }
  }
  return createImage(width, height, image.channels, data)
}

/** One of the eight symmetries of the square: 0 to 3 quarter turns clockwise, from 4 on after mirroring left to right. */
export type Symmetry = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7

export const SYMMETRIES: readonly Symmetry[] = [0, 1, 2, 3, 4, 5, 6, 7]

/** Mirrors and turns an image (the dihedral group of the square); odd quarter turns exchange width and height. */
export function applySymmetry(image: Image, symmetry: Symmetry): Image {
  if (symmetry === 0) return image
  const { width, height, channels, data } = image
  const quarterTurns = symmetry % 4
  const mirrored = symmetry >= 4
  const exchanged = quarterTurns % 2 === 1
  const outWidth = exchanged ? height : width
  const outHeight = exchanged ? width : height
  const turned = new Float32Array(data.length)
  let index = 0
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * height * width
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const [beforeX, beforeY] = beforeTurning(x, y, width, height, quarterTurns)
        turned[index++] = data[plane + beforeY * width + (mirrored ? width - 1 - beforeX : beforeX)] as number
      }
    }
  }
  return createImage(outWidth, outHeight, channels, turned)
}

/** Where the pixel at (x, y) was before clockwise quarter turns of a width x height image. */
function beforeTurning(x: number, y: number, width: number, height: number, quarterTurns: number): [number, number] {
  switch (quarterTurns) {
    case 1:
      return [y, height - 1 - x]
    case 2:
      return [width - 1 - x, height - 1 - y]
    case 3:
      return [width - 1 - y, x]
    default:
      return [x, y]
  }
}

/**
 * Halves both sides, each pixel the mean of a 2x2 square (area down-scaling); an odd last row or column is dropped.
 *
 * On a photograph that was scanned or saved as JPEG it suppresses grain and block edges, so that it may serve as clean.
 *
 * @throws InputError if a side is shorter than 2
 */
export function halfSize(image: Image): Image {
  const width = Math.floor(image.width / 2)
  const height = Math.floor(image.height / 2)
  if (width < 1 || height < 1) {
    throw new InputError(`A ${image.width}x${image.height} image cannot be halved; both sides must be at least 2`)
  }
  const halved = new Float32Array(image.channels * width * height)
  let index = 0
  for (let channel = 0; channel < image.channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const upper = (channel * image.height + 2 * y) * image.width + 2 * x
        const lower = upper + image.width
        const sum =
          (image.data[upper] as number) +
          (image.data[upper + 1] as number) +
          (image.data[lower] as number) +
          (image.data[lower + 1] as number)
        halved[index++] = sum / 4
      }
    }
  }
  return createImage(width, height, image.channels, halved)
}

/** Cuts the middle square of this side out of an image; a side that is shorter stays whole. */
export function middleCrop(image: Image, side: number): Image {
  const width = Math.min(side, image.width)
  const height = Math.min(side, image.height)
  return crop(image, (image.width - width) >> 1, (image.height - height) >> 1, width, height)
}
