import { InputError } from '@noisescope/core'
import type { Mask } from '../masks.ts'
import type { Size } from '../traced-model.ts'

/** Where a filter fires most in one image. */
export interface Peak {
  readonly value: number
  /** In pixels of the image from its left and upper edge, so that the middle of the first pixel is 0.5. */
  readonly x: number
  readonly y: number
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
  /** Filters that count. */
  readonly counted: number
  /** Images with an object. */
  readonly images: number
  readonly filters: readonly FilterInstability[]
}

export interface FilterInstability {
  /** Images with an object in which it fires. */
  readonly images: number
  /** null when it fires in too few images. */
  readonly instability: number | null
}

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
    const x = (((best % width) + 0.5) * image.width) / width
    const y = ((Math.floor(best / width) + 0.5) * image.height) / height
    return { value, x, y }
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
 * object that changes its size or form. Images without an object are left out. A filter that never rises above 0, or fires in
 * too few images, has no place and does not count.
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
    return points === undefined ? [] : [{ peaks, points, diagonal: Math.hypot(mask.width, mask.height) }]
  })
  const filters = (images[0]?.peaks ?? []).map((_, filter): FilterInstability => {
    const highest = images.reduce((most, { peaks }) => Math.max(most, peaks[filter]?.value ?? 0), 0)
    const distances = withObject.flatMap(({ peaks, points, diagonal }) => {
      const peak = peaks[filter]
      if (peak === undefined || peak.value <= share * highest) return []
      return [points.map(({ x, y }) => Math.hypot(peak.x - x, peak.y - y) / diagonal)]
    })
    if (distances.length < leastImages) return { images: distances.length, instability: null }
    const byPoint = (distances[0] ?? []).map((_, k) => standardDeviation(distances.map((each) => each[k] as number)))
    return { images: distances.length, instability: meanOf(byPoint) }
  })
  const counted = filters.flatMap(({ instability }) => (instability === null ? [] : [instability]))
  return {
    mean: counted.length === 0 ? null : meanOf(counted),
    counted: counted.length,
    images: withObject.length,
    filters,
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
