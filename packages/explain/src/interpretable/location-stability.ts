import { InputError, keyFrom, random } from '@noisescope/core'
import type { Mask } from '../masks.ts'
import type { Size } from '../traced-model.ts'
import { BETA } from './templates.ts'

/** Where a filter fires most in one image. */
export interface Peak {
  readonly value: number
  /** In pixels of the image from its left and upper edge, so that the middle of the first pixel is 0.5. */
  readonly x: number
  readonly y: number
  /**
   * Share of all that is above 0 in the map that lies near the peak, at |dx| / width + |dy| / height below 1/4: where the part
   * template of the peak is above 0. 0 where nothing is above 0.
   */
  readonly nearby: number
}

/** One image as the filters of a layer see it. */
export interface LocatedImage {
  /** Of each filter, as {@link filterPeaks} gives them. */
  readonly peaks: readonly Peak[]
  /** The object of the clean image. */
  readonly mask: Mask
}

export interface LocationOptions {
  /** A filter fires in an image when its peak is above this share of its highest peak over all images; default 0.5. */
  readonly share?: number
  /** A filter counts when it fires in at least so many images with an object; default 2. */
  readonly leastImages?: number
}

/** How stably the filters of a layer are placed on the object: 0 is a fixed place on it, larger is less stable. */
export interface LocationInstability {
  /** Mean over the filters that count; null when none does. Of the image's diagonal. */
  readonly mean: number | null
  /** Mean over the filters that count of how much of what they put out lies near their peak: 1 for one part alone. */
  readonly nearPeak: number | null
  /** Filters that count. */
  readonly counted: number
  /** Images with an object. */
  readonly images: number
  readonly filters: readonly FilterInstability[]
  /** What to compare with, from the same objects; null where fewer than two images have one. */
  readonly references: LocationReferences
}

/** Location instability of filters that know nothing of parts. */
export interface LocationReferences {
  /** Of one that fires in the middle of every image: where objects stand alike, as in MNIST, that is nearly stable. */
  readonly fixedPlace: number | null
  /** Of one that fires at a pixel of the object that is drawn for each image. */
  readonly anyObjectPixel: number | null
}

export interface FilterInstability {
  /** Images with an object in which it fires. */
  readonly images: number
  /** null when it fires in too few images. */
  readonly instability: number | null
  /** Mean of `Peak.nearby` over the images in which it fires; null when these are too few. */
  readonly nearPeak: number | null
}

/** Distance in widths and heights of the map at which a part template falls to 0: 1 / beta, see {@link partTemplates}. */
const NEAR = 1 / BETA

/**
 * The peak of each filter: the middle of the place with the greatest value (of equal ones the first, row by row), in pixels
 * of the image, over all of which the map is taken to be spread evenly.
 * @param maps what a layer puts out for one image, [c, h, w].
 * @throws InputError when there are more or fewer values, or one is not finite.
 */
export function filterPeaks(
  maps: ArrayLike<number>,
  [filters, height, width]: readonly [filters: number, height: number, width: number],
  image: Size,
): Peak[] {
  const places = height * width
  if (maps.length !== filters * places || places === 0) {
    throw new InputError(`${maps.length} values are not ${filters} maps of ${width}x${height}`)
  }
  return Array.from({ length: filters }, (_, filter) => {
    let [best, value] = [0, Number.NEGATIVE_INFINITY]
    for (let place = 0; place < places; place++) {
      const candidate = maps[filter * places + place] as number
      if (!Number.isFinite(candidate)) throw new InputError(`the map of filter ${filter} holds ${candidate}`)
      if (candidate > value) [best, value] = [place, candidate]
    }
    const [column, row] = [best % width, Math.floor(best / width)]
    let [near, all] = [0, 0]
    for (let place = 0; place < places; place++) {
      const positive = Math.max(maps[filter * places + place] as number, 0)
      const distance = Math.abs((place % width) - column) / width + Math.abs(Math.floor(place / width) - row) / height
      all += positive
      if (distance < NEAR) near += positive
    }
    return {
      value,
      x: ((column + 0.5) * image.width) / width,
      y: ((row + 0.5) * image.height) / height,
      nearby: all === 0 ? 0 : near / all,
    }
  })
}

/**
 * Location instability of a layer's filters.
 *
 * d_k = |peak - r_k| / diagonal of the image, in every image where the filter fires
 * instability of a filter = mean over k of the standard deviation of d_k over those images (divided by their number)
 * mean = mean over the filters
 *
 * The paper measures the distance to landmarks that people have marked. There are none here, so r_k are five points of the
 * object's mask: its centroid, and the corners of its bounding box. What the measure takes for instability may thus be an
 * object that changes its size or form; and where all objects stand in the same place, it cannot tell a filter that finds a part
 * from one that always fires at that place: see `references`. Images without an object are left out. A filter that never rises
 * above 0, or fires in too few images, has no place and does not count.
 *
 * Source: Zhang, Wu and Zhu 2018, "Interpretable convolutional neural networks", "location instability" of its experiments.
 * @throws InputError when there is no image, the images have different numbers of filters or sizes, or an option is out of
 *   its range.
 */
export function locationInstability(
  images: readonly LocatedImage[],
  { share = 0.5, leastImages = 2 }: LocationOptions = {},
): LocationInstability {
  checkImages(images)
  if (!(share >= 0 && share < 1)) throw new InputError(`the share is ${share}; expected a number from 0 to below 1`)
  if (!Number.isSafeInteger(leastImages) || leastImages < 2) {
    throw new InputError(`a filter is to fire in ${leastImages} images; expected a whole number from 2 up`)
  }
  const withObject = images.flatMap(({ peaks, mask }) => {
    const points = objectPoints(mask)
    return points === undefined ? [] : [{ peaks, mask, points }]
  })
  const filters = (images[0]?.peaks ?? []).map((_, filter): FilterInstability => {
    const highest = images.reduce((most, { peaks }) => Math.max(most, peaks[filter]?.value ?? 0), 0)
    const fired = withObject.flatMap(({ peaks, mask, points }) => {
      const peak = peaks[filter]
      return peak === undefined || peak.value <= share * highest ? [] : [{ place: peak, mask, points }]
    })
    if (fired.length < leastImages) return { images: fired.length, instability: null, nearPeak: null }
    const nearPeak = meanOf(fired.map(({ place }) => place.nearby))
    return { images: fired.length, instability: instabilityOf(fired), nearPeak }
  })
  const meanOver = (of: (filter: FilterInstability) => number | null): number | null => {
    const known = filters.flatMap((filter) => of(filter) ?? [])
    return known.length === 0 ? null : meanOf(known)
  }
  return {
    mean: meanOver(({ instability }) => instability),
    nearPeak: meanOver(({ nearPeak }) => nearPeak),
    counted: filters.filter(({ instability }) => instability !== null).length,
    images: withObject.length,
    filters,
    references: referencesOf(withObject),
  }
}

/** A place in an image with an object. */
interface Located {
  readonly place: Place
  readonly mask: Mask
  /** Of the object, as many in every image. */
  readonly points: readonly Place[]
}

/** Mean over the points of the standard deviation of the distance to them, of the image's diagonal. */
function instabilityOf(images: readonly Located[]): number {
  const distances = images.map(({ place, points, mask: { width, height } }) =>
    points.map(({ x, y }) => Math.hypot(place.x - x, place.y - y) / Math.hypot(width, height)),
  )
  return meanOf((distances[0] ?? []).map((_, k) => standardDeviation(distances.map((each) => each[k] as number))))
}

function referencesOf(images: readonly Omit<Located, 'place'>[]): LocationReferences {
  if (images.length < 2) return { fixedPlace: null, anyObjectPixel: null }
  const draws = random('uniform', keyFrom(0), images.length)
  const middle = ({ width, height }: Mask): Place => ({ x: width / 2, y: height / 2 })
  const drawn = ({ width, data }: Mask, draw: number): Place => {
    const object = Array.from(data, (_, i) => i).filter((i) => data[i] !== 0)
    const pixel = object[Math.floor(draw * object.length)] ?? 0
    return { x: (pixel % width) + 0.5, y: Math.floor(pixel / width) + 0.5 }
  }
  return {
    fixedPlace: instabilityOf(images.map((image) => ({ ...image, place: middle(image.mask) }))),
    anyObjectPixel: instabilityOf(
      images.map((image, i) => ({ ...image, place: drawn(image.mask, draws[i] as number) })),
    ),
  }
}

function checkImages(images: readonly LocatedImage[]): void {
  const [first] = images
  if (first === undefined) throw new InputError('there is no image to measure the location of filters on')
  for (const [i, { peaks, mask }] of images.entries()) {
    const { width, height, data } = mask
    if (peaks.length !== first.peaks.length) {
      throw new InputError(`image ${i} has peaks of ${peaks.length} filters, the first of ${first.peaks.length}`)
    }
    if (width !== first.mask.width || height !== first.mask.height || data.length !== width * height) {
      throw new InputError(
        `the mask of image ${i} is ${width}x${height} with ${data.length} values; expected ${first.mask.width}x${first.mask.height}`,
      )
    }
  }
}

interface Place {
  readonly x: number
  readonly y: number
}

/** Centroid and corners of the bounding box of a mask, in pixels as peaks are; undefined when it is empty. */
export function objectPoints({ width, height, data }: Mask): readonly Place[] | undefined {
  let [pixels, sumX, sumY] = [0, 0, 0]
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue
    const [x, y] = [i % width, Math.floor(i / width)]
    pixels++
    sumX += x + 0.5
    sumY += y + 0.5
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + 1)
    bottom = Math.max(bottom, y + 1)
  }
  if (pixels === 0) return undefined
  const corners = [left, right].flatMap((x) => [top, bottom].map((y) => ({ x, y })))
  return [{ x: sumX / pixels, y: sumY / pixels }, ...corners]
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

function standardDeviation(values: readonly number[]): number {
  const middle = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - middle) ** 2)))
}
