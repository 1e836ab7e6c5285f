import { InputError } from '@noisescope/core'
import { readIdx } from './idx.ts'
import { createImage, type Image } from './image.ts'

/** Many images of one size as bytes, [count, channels, height, width], and what each shows if that is known. */
export interface ImageSet {
  readonly count: number
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly images: Uint8Array<ArrayBuffer>
  readonly labels?: Uint8Array<ArrayBuffer>
}

/** The two IDX files of one half of a data set, plain or gzip. */
export interface IdxFiles {
  /** Images [n, height, width] (grey) or [n, channels, height, width] (1 or 3 channels). */
  readonly images: Uint8Array
  /** Labels [n]. */
  readonly labels?: Uint8Array
}

/**
 * Reads a set of images, and labels if given, from the bytes of IDX files.
 *
 * @param name what error messages call the set
 * @throws InputError as {@link readIdx}; also if the shape is not that of images, the set is empty, or the numbers of
 *   images and labels differ
 */
export async function readImageSet(files: IdxFiles, name = 'the set'): Promise<ImageSet> {
  const { shape, data } = await readIdx(files.images, `the images of ${name}`)
  const [count = 0, ...rest] = shape
  const [channels, height, width] = rest.length === 2 ? [1, ...rest] : rest
  if (rest.length < 2 || !width || !height || (channels !== 1 && channels !== 3)) {
    throw new InputError(
      `The images of ${name} have the shape ${shape.join('x')}; count x height x width was expected` +
        ', or count x channels x height x width with 1 or 3 channels',
    )
  }
  if (count === 0) throw new InputError(`The images of ${name} are none; at least one is needed`)
  const images = { count, width, height, channels, images: data } as const
  if (files.labels === undefined) return images

  const labels = await readIdx(files.labels, `the labels of ${name}`)
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new InputError(
      `The labels of ${name} have the shape ${labels.shape.join('x')}; ${count}, one for each image, were expected`,
    )
  }
  return { ...images, labels: labels.data }
}

/**
 * Gathers images of a set into one batch on the 0..1 scale.
 *
 * @returns [indices.length, channels, height, width]
 * @throws InputError if an index lies outside the set
 */
export function batch(set: ImageSet, indices: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const size = set.channels * set.height * set.width
  const values = new Float32Array(indices.length * size)
  let offset = 0
  for (const index of Array.from(indices)) {
    if (!Number.isInteger(index) || index < 0 || index >= set.count) {
      throw new InputError(`There is no image ${index} in a set of ${set.count}; they run from 0 to ${set.count - 1}`)
    }
    for (const byte of set.images.subarray(index * size, (index + 1) * size)) values[offset++] = byte / 255
  }
  return values
}

/** Takes one image out of a set, on the 0..1 scale; throws as {@link batch}. */
export function imageAt(set: ImageSet, index: number): Image {
  return createImage(set.width, set.height, set.channels, batch(set, [index]))
}

/**
 * Takes the same number of images of each class, the first ones of each, in the order in which they stand.
 *
 * @throws InputError if the set has no labels, or a class has fewer images
 */
export function firstOfEachClass(set: ImageSet, perClass: number): ImageSet {
  const { labels } = set
  if (labels === undefined) throw new InputError('Images cannot be taken by class from a set without labels')
  const taken = new Map<number, number>()
  const chosen: number[] = []
  for (const [index, label] of labels.entries()) {
    const before = taken.get(label) ?? 0
    if (before < perClass) chosen.push(index)
    taken.set(label, before + 1)
  }
  for (const [label, found] of taken) {
    if (found < perClass) throw new InputError(`Class ${label} has ${found} images; ${perClass} were asked for`)
  }
  const size = set.channels * set.height * set.width
  const images = new Uint8Array(chosen.length * size)
  for (const [place, index] of chosen.entries()) {
    images.set(set.images.subarray(index * size, (index + 1) * size), place * size)
  }
  const chosenLabels = Uint8Array.from(chosen, (index) => labels[index] as number)
  return { ...set, count: chosen.length, images, labels: chosenLabels }
}
