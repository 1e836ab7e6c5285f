import { InputError } from '@noisescope/core'
import { assertFinite, assertLength, assertPositiveInteger, type ImageShape } from './check.ts'

/** Brightness on 0..1 above which a pixel of a clean image is object, for images of a bright object on black. */
export const OBJECT_THRESHOLD = 0.1

/** Parts of an image, in the order of the numbers that {@link objectRegions} gives. */
export const regionNames = ['core', 'edge', 'background'] as const
export type RegionName = (typeof regionNames)[number]

/**
 * The object of a clean image: 1 where a pixel is brighter than the threshold, in any channel of a colour image, else 0.
 *
 * All zeros for an image with nothing that bright, which is then all background. A photograph has no black background:
 * give it a mask of its own.
 * @param clean CHW values on 0..1.
 * @returns One value a pixel, row by row.
 * @throws {InputError} when the sizes do not fit, or a value or the threshold is not finite.
 */
export function objectMask(clean: Float32Array, shape: ImageShape, threshold: number = OBJECT_THRESHOLD): Uint8Array {
  const { width, height, channels = 1 } = shape
  assertImage(clean, shape, 'the clean image')
  if (!Number.isFinite(threshold)) {
    throw new InputError(`the object threshold is ${threshold}; expected a brightness on 0..1, such as 0.1`)
  }
  const pixels = width * height
  const mask = new Uint8Array(pixels)
  for (let start = 0; start < channels * pixels; start += pixels) {
    for (let i = 0; i < pixels; i++) if ((clean[start + i] as number) > threshold) mask[i] = 1
  }
  return mask
}

/**
 * The region of every pixel, as an index into {@link regionNames}, by a 3x3 element: core is the eroded object, edge the
 * dilated object without the core, background the rest.
 *
 * What lies outside the image is neither object nor background: only neighbours inside count, so an object that touches
 * the border stays core there, and a border away from the object stays background. An edge is two pixels wide, one on
 * either side of the outline; a stroke narrower than three pixels is all edge.
 *
 * Source: erosion and dilation as in Serra 1982, "Image Analysis and Mathematical Morphology", chapter II.
 * @param mask 1 (object) or 0 for every pixel, row by row.
 * @throws {InputError} when the sizes do not fit, or a value is not 0 or 1.
 */
export function objectRegions(
  mask: ArrayLike<number>,
  { width, height }: Pick<ImageShape, 'width' | 'height'>,
): Uint8Array {
  assertPositiveInteger(width, 'width')
  assertPositiveInteger(height, 'height')
  assertLength(mask, width * height, 'the mask', `${width}x${height} pixels`)
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 0 && mask[i] !== 1) {
      throw new InputError(`the mask has the value ${mask[i]} at index ${i}; expected 1 for object and 0 for the rest`)
    }
  }
  const [core, edge, background] = [0, 1, 2]
  const rowCounts = new Uint8Array(mask.length)
  for (let i = 0; i < mask.length; i++) {
    const x = i % width
    const left = x > 0 ? (mask[i - 1] as number) : 0
    const right = x < width - 1 ? (mask[i + 1] as number) : 0
    rowCounts[i] = left + (mask[i] as number) + right
  }
  return Uint8Array.from(rowCounts, (count, i) => {
    const x = i % width
    const objects = (rowCounts[i - width] ?? 0) + count + (rowCounts[i + width] ?? 0)
    if (objects === 0) return background
    const columns = 1 + Number(x > 0) + Number(x < width - 1)
    const rows = 1 + Number(i >= width) + Number(i + width < mask.length)
    return objects === rows * columns ? core : edge
  })
}

/**
 * The regions of a given mask, or of the object that the clean image shows, and the mask.
 * @throws {InputError} when a given mask has no object, and as {@link objectMask} and {@link objectRegions} do.
 */
export function regionsOf(
  {
    clean,
    mask,
    ...shape
  }: ImageShape & { readonly clean: Float32Array; readonly mask?: ArrayLike<number> | undefined },
  objectThreshold: number,
): { readonly regions: Uint8Array; readonly object: ArrayLike<number> } {
  const object = mask ?? objectMask(clean, shape, objectThreshold)
  const regions = objectRegions(object, shape)
  if (mask !== undefined && !Array.prototype.includes.call(mask, 1)) {
    throw new InputError('the mask is empty; expected at least one pixel of object')
  }
  return { regions, object }
}

/** @throws {InputError} when the image does not have its sizes, or a value is not finite. */
export function assertImage(image: Float32Array, { width, height, channels = 1 }: ImageShape, name: string): void {
  assertPositiveInteger(width, 'width')
  assertPositiveInteger(height, 'height')
  assertPositiveInteger(channels, 'channels')
  assertLength(image, channels * height * width, name, `[channels ${channels}, height ${height}, width ${width}]`)
  assertFinite(image, name)
}
