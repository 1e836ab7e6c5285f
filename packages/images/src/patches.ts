import { InputError } from '@noisescope/core'
import { applySymmetry, crop, SYMMETRIES, type Symmetry } from './geometry.ts'
import type { Image } from './image.ts'
import { type Random, seededRandom } from './random.ts'

/** Square patches cut out of images, [count, channels, size, size]. */
export interface PatchSet {
  readonly count: number
  readonly channels: 1 | 3
  readonly size: number
  readonly data: Float32Array
  /** How many of the given images were smaller than a patch and gave none. */
  readonly skipped: number
}

/** How patches are flipped and turned: not at all, each by one symmetry drawn at random, or each by all eight. */
export type Augmentation = 'none' | 'random' | 'all'

export interface GridOptions {
  /** Side of a patch in pixels. */
  readonly size: number
  /** Distance between the corners of neighbouring patches, in pixels; `size` if not given, so that none overlap. */
  readonly stride?: number
  /** 'none' if not given. */
  readonly augmentation?: Augmentation
  /** Seed of the symmetries that 'random' draws; 0 if not given. */
  readonly seed?: number
}

export interface CropOptions {
  /** Side of a patch in pixels. */
  readonly size: number
  /** How many patches to draw. */
  readonly count: number
  /** 0 if not given. */
  readonly seed?: number
  /** Flip and turn each by a symmetry drawn at random; true if not given. */
  readonly augment?: boolean
}

interface Corner {
  readonly image: Image
  readonly left: number
  readonly top: number
  readonly symmetry: Symmetry
}

/** 2 GiB of float32: what every engine in use can hold in one typed array. */
const MAXIMUM_VALUES = 2 ** 29

/**
 * Cuts every patch on a grid out of images, row by row from the upper left corner, image after image.
 *
 * A strip at the right and bottom that is narrower than the stride gives no patch. Images smaller than a patch are
 * skipped and counted.
 *
 * @throws InputError if the images differ in channels, none is large enough, or the patches would not fit in memory
 */
export function patches(images: Image | readonly Image[], options: GridOptions): PatchSet {
  const { size, stride = size, augmentation = 'none', seed = 0 } = options
  const fitting = prepare(images, size)
  checkWhole('stride', stride)
  const random = seededRandom(seed)
  const steps = (side: number): number => Math.floor((side - size) / stride) + 1
  const perImage = fitting.large.map((image) => steps(image.width) * steps(image.height))
  const copies = augmentation === 'all' ? SYMMETRIES.length : 1
  const count = copies * perImage.reduce((sum, number) => sum + number, 0)
  return fill(gridCorners(fitting.large, size, stride, augmentation, random), count, size, fitting)
}

/** The patches of a grid, cut when they are asked for. */
export interface PatchGrid {
  readonly count: number
  readonly channels: 1 | 3
  readonly size: number
  /** How many of the given images were smaller than a patch and gave none. */
  readonly skipped: number
  /** The patches of these places, [n, channels, size, size]; `seed` draws their symmetries. */
  batch(indices: ArrayLike<number>, seed: number): Float32Array
}

/**
 * The patches that {@link patches} cuts, in the same order, without holding them at once; with 'random' augmentation each batch
 * draws its symmetries anew.
 *
 * @throws InputError if the images differ in channels, or none is large enough
 */
export function patchGrid(images: readonly Image[], options: Omit<GridOptions, 'seed'>): PatchGrid {
  const { size, stride = size, augmentation = 'none' } = options
  const fitting = prepare(images, size)
  checkWhole('stride', stride)
  const steps = (side: number): number => Math.floor((side - size) / stride) + 1
  const copies = augmentation === 'all' ? SYMMETRIES.length : 1
  const corners = fitting.large.flatMap((image) =>
    Array.from({ length: steps(image.width) * steps(image.height) }, (_, place) => {
      const row = steps(image.width)
      return { image, left: (place % row) * stride, top: Math.floor(place / row) * stride }
    }),
  )
  return {
    count: corners.length * copies,
    channels: fitting.channels,
    size,
    skipped: fitting.skipped,
    batch: (indices, seed) => {
      const random = seededRandom(seed)
      const chosen = Array.from(indices, (index): Corner => {
        const corner = corners[Math.floor(index / copies)]
        if (corner === undefined) throw new InputError(`There is no patch ${index} of ${corners.length * copies}`)
        const symmetry = augmentation === 'random' ? randomSymmetry(random) : (SYMMETRIES[index % copies] as Symmetry)
        return { ...corner, symmetry }
      })
      return fill(chosen, chosen.length, size, fitting).data
    },
  }
}

/**
 * Cuts patches at random places out of images: every place in every image is equally likely.
 *
 * The seed alone determines the draw; give another for each epoch. Images smaller than a patch are skipped and counted.
 *
 * @throws InputError as {@link patches}
 */
export function randomCrops(images: Image | readonly Image[], options: CropOptions): PatchSet {
  const { size, count, seed = 0, augment = true } = options
  const fitting = prepare(images, size)
  checkWhole('count', count)
  return fill(randomCorners(fitting.large, size, count, augment, seededRandom(seed)), count, size, fitting)
}

function* gridCorners(
  images: readonly Image[],
  size: number,
  stride: number,
  augmentation: Augmentation,
  random: Random,
): Generator<Corner> {
  for (const image of images) {
    for (let top = 0; top + size <= image.height; top += stride) {
      for (let left = 0; left + size <= image.width; left += stride) {
        for (const symmetry of symmetriesFor(augmentation, random)) yield { image, left, top, symmetry }
      }
    }
  }
}

function* randomCorners(
  images: readonly Image[],
  size: number,
  count: number,
  augment: boolean,
  random: Random,
): Generator<Corner> {
  const places = images.map((image) => (image.width - size + 1) * (image.height - size + 1))
  const allPlaces = places.reduce((sum, number) => sum + number, 0)
  for (let drawn = 0; drawn < count; drawn++) {
    let place = random.below(allPlaces)
    const symmetry = augment ? randomSymmetry(random) : 0
    for (const [index, image] of images.entries()) {
      const placesHere = places[index] as number
      if (place < placesHere) {
        const row = image.width - size + 1
        yield { image, left: place % row, top: Math.floor(place / row), symmetry }
        break
      }
      place -= placesHere
    }
  }
}

function symmetriesFor(augmentation: Augmentation, random: Random): readonly Symmetry[] {
  switch (augmentation) {
    case 'none':
      return [0]
    case 'random':
      return [randomSymmetry(random)]
    case 'all':
      return SYMMETRIES
  }
}

function randomSymmetry(random: Random): Symmetry {
  return SYMMETRIES[random.below(SYMMETRIES.length)] as Symmetry
}

interface FittingImages {
  readonly large: readonly Image[]
  readonly channels: 1 | 3
  readonly skipped: number
}

function prepare(images: Image | readonly Image[], size: number): FittingImages {
  checkWhole('size', size)
  const all = 'data' in images ? [images] : images
  const large = all.filter((image) => image.width >= size && image.height >= size)
  const first = large[0]
  if (first === undefined) {
    const largest = Math.max(0, ...all.map((image) => Math.min(image.width, image.height)))
    throw new InputError(
      `None of ${all.length} images holds a patch of ${size}x${size};` +
        ` the largest that fits any is ${largest}x${largest}`,
    )
  }
  if (large.some((image) => image.channels !== first.channels)) {
    throw new InputError('Grey and colour images cannot be mixed in one set of patches; use toGrey or toColour first')
  }
  return { large, channels: first.channels, skipped: all.length - large.length }
}

function fill(corners: Iterable<Corner>, count: number, size: number, fitting: FittingImages): PatchSet {
  const { channels, skipped } = fitting
  const valuesPerPatch = channels * size * size
  if (count * valuesPerPatch > MAXIMUM_VALUES) {
    throw new InputError(
      `${count} patches of ${channels}x${size}x${size} would take ${Math.ceil((count * valuesPerPatch) / 2 ** 28)} GiB;` +
        ` at most 2 GiB are held at once: take a larger stride, fewer patches or fewer images`,
    )
  }
  const data = new Float32Array(count * valuesPerPatch)
  let offset = 0
  for (const { image, left, top, symmetry } of corners) {
    data.set(applySymmetry(crop(image, left, top, size, size), symmetry).data, offset)
    offset += valuesPerPatch
  }
  return { count, channels, size, data, skipped }
}

function checkWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new InputError(`The ${name} of patches is ${value}; it must be a whole number from 1 up`)
  }
}
