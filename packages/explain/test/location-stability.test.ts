import { openDevice } from '@noisescope/core/node'
import { constantInitialiser, conv2dLayer, type Model, sequence } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import type { Mask } from '../src/index.ts'
import {
  filterPeaks,
  type LocatedImage,
  locationInstability,
  measureLocationInstability,
  objectPoints,
} from '../src/interpretable/index.ts'

const SIZE = { width: 12, height: 12 }

/** A rectangle of 4 x 3 pixels with its upper left corner there. */
const objectAt = (left: number, top: number): Mask => ({
  ...SIZE,
  data: Uint8Array.from({ length: 144 }, (_, i) => {
    const [x, y] = [i % 12, Math.floor(i / 12)]
    return Number(x >= left && x < left + 4 && y >= top && y < top + 3)
  }),
})

const corners: readonly (readonly [number, number])[] = Array.from({ length: 40 }, (_, i) => [
  (i * 5) % 9,
  (i * 7) % 10,
])
const emptyMask: Mask = { ...SIZE, data: new Uint8Array(144) }

describe('peaks of filters', () => {
  it('are the middles of the greatest places, in pixels of the image, the first of equal ones', () => {
    const maps = [0, 1, 0, 5, 0, 5, 7, 6, 5, 4, 3, 2]
    expect(filterPeaks(maps, [2, 2, 3], { width: 6, height: 4 })).toEqual([
      // Beside is a third of the width away, below half of the height: 5 of 0 + 1 + 0 + 5 + 0 + 5, 7 of all 27.
      { value: 5, x: 1, y: 3, nearby: 5 / 11 },
      { value: 7, x: 1, y: 1, nearby: 7 / 27 },
    ])
  })

  it('say how much lies near them, as far as a part template is above 0, of what is above 0', () => {
    const map = Array.from({ length: 64 }, (_, i) => (i === 27 ? 10 : i === 28 || i === 19 ? 2 : i === 0 ? 6 : -1))
    expect(filterPeaks(map, [1, 8, 8], { width: 8, height: 8 })[0]?.nearby).toBe(14 / 20)
    expect(filterPeaks(new Float32Array(4), [1, 2, 2], SIZE)[0]?.nearby).toBe(0)
  })

  it('are refused of too few values or NaN', () => {
    expect(() => filterPeaks([1, 2], [1, 2, 2], SIZE)).toThrow(/2 values are not 1 maps of 2x2/)
    expect(() => filterPeaks([1, Number.NaN], [1, 1, 2], SIZE)).toThrow(/filter 0 holds NaN/)
  })
})

describe('location instability', () => {
  it('takes its points from the mask: the centroid and the corners of the bounding box', () => {
    expect(objectPoints(objectAt(2, 5))).toEqual([
      { x: 4, y: 6.5 },
      { x: 2, y: 5 },
      { x: 2, y: 8 },
      { x: 6, y: 5 },
      { x: 6, y: 8 },
    ])
    expect(objectPoints(emptyMask)).toBeUndefined()
  })

  it('is 0 for a filter that follows the object and large for one that fires anywhere', () => {
    const images = corners.map(
      ([left, top], i): LocatedImage => ({
        mask: objectAt(left, top),
        peaks: [
          { value: 1, x: left + 1.5, y: top - 0.5, nearby: 1 },
          { value: 1, x: ((i * 29) % 12) + 0.5, y: ((i * 17) % 12) + 0.5, nearby: 0.5 },
        ],
      }),
    )
    const { filters, mean, counted, nearPeak } = locationInstability(images)
    expect(filters[0]!.instability).toBeLessThan(1e-12)
    expect(filters[1]!.instability).toBeGreaterThan(0.1)
    expect(counted).toBe(2)
    expect(nearPeak).toBe(0.75)
    expect(mean).toBe((filters[0]!.instability! + filters[1]!.instability!) / 2)
  })

  it('is the mean over the points of the standard deviation of the distances over the diagonal', () => {
    const peaks = [
      [4, 3],
      [9, 1.5],
      [0, 11],
    ] as const
    const images = peaks.map(([x, y], i) => ({ mask: objectAt(i, 2 * i), peaks: [{ value: 2, x, y, nearby: 1 }] }))
    const expected = [
      [2, 1.5],
      [0, 0],
      [0, 3],
      [4, 0],
      [4, 3],
    ].map(([dx, dy]) => {
      const d = peaks.map(([x, y], i) => Math.hypot(x - i - dx!, y - 2 * i - dy!) / Math.hypot(12, 12))
      const middle = (d[0]! + d[1]! + d[2]!) / 3
      return Math.sqrt(d.reduce((sum, value) => sum + (value - middle) ** 2, 0) / 3)
    })
    expect(locationInstability(images).mean).toBeCloseTo(expected.reduce((a, b) => a + b) / 5, 12)
  })

  it('counts images where a filter fires above a share of its highest peak, and only those with an object', () => {
    const at = (value: number, x: number, mask = objectAt(0, 0)): LocatedImage => ({
      mask,
      peaks: [
        { value, x, y: 1, nearby: 1 },
        { value: 0, x: 1, y: 1, nearby: 0 },
      ],
    })
    const images = [at(10, 3), at(6, 3), at(4, 9), at(10, 9, emptyMask)]
    expect(locationInstability(images)).toMatchObject({
      mean: 0,
      counted: 1,
      images: 3,
      filters: [
        { images: 2, instability: 0, nearPeak: 1 },
        { images: 0, instability: null, nearPeak: null },
      ],
    })
    expect(locationInstability(images, { share: 0.3 }).mean).toBeGreaterThan(0.05)
    expect(locationInstability(images, { leastImages: 3 }).mean).toBeNull()
  })

  it('stands beside that of a fixed place, which is 0 where the object does not move, and of any pixel of the object', () => {
    const imagesAt = (places: typeof corners): LocatedImage[] =>
      places.map(([left, top]) => ({ mask: objectAt(left, top), peaks: [] }))
    const still = locationInstability(imagesAt(corners.map(() => [2, 5]))).references
    expect(still.fixedPlace).toBeLessThan(1e-12)
    const moving = locationInstability(imagesAt(corners)).references
    expect(moving.fixedPlace).toBeGreaterThan(0.1)
    // Pixels of an object of 4 x 3 are a pixel or two apart, and keep so when it moves.
    for (const { anyObjectPixel } of [still, moving]) {
      expect(anyObjectPixel).toBeGreaterThan(0.02)
      expect(anyObjectPixel).toBeLessThan(0.1)
    }
    expect(locationInstability(imagesAt([[2, 5]])).references).toEqual({ fixedPlace: null, anyObjectPixel: null })
  })

  it('refuses no images, other sizes and options out of range', () => {
    const image = { mask: objectAt(0, 0), peaks: [{ value: 1, x: 1, y: 1, nearby: 1 }] }
    expect(() => locationInstability([])).toThrow(/no image/)
    expect(() => locationInstability([image, { ...image, peaks: [] }])).toThrow(/peaks of 0 filters, the first of 1/)
    const narrow = { width: 6, height: 12, data: new Uint8Array(72) }
    expect(() => locationInstability([image, { ...image, mask: narrow }])).toThrow(/6x12 .* expected 12x12/)
    expect(() => locationInstability([image], { share: 1 })).toThrow(/share/)
    expect(() => locationInstability([image], { leastImages: 1 })).toThrow(/from 2 up/)
  })
})

describe('location instability of a model', () => {
  const layers = [
    conv2dLayer({
      name: 'box',
      inputs: 1,
      outputs: 1,
      initialiser: constantInitialiser(1),
      seed: 0,
      stream: 0,
    }),
  ]
  const model: Model = {
    name: 'box',
    layers,
    channels: 1,
    output: 'clean',
    multiple: 1,
    forward: (noisy, options = {}) => sequence(layers, noisy, options),
  }
  const pairs = corners
    .slice(0, 20)
    .map(([left, top]) => Float32Array.from(objectAt(left, top).data))
    .map((clean) => ({ clean, noisy: clean }))

  it('is 0 for a mean filter on rectangles, over more images than a batch', async () => {
    using device = await openDevice()
    const { box } = await measureLocationInstability(device, model, SIZE, { layers: ['box'], images: pairs })
    expect(box).toMatchObject({ images: 20, counted: 1, filters: [{ images: 20 }] })
    expect(box!.mean).toBeLessThan(1e-12)
  })

  it('is not 0 when the noisy images show something else than the clean ones', async () => {
    using device = await openDevice()
    const images = pairs.map(({ clean }, i) => ({ clean, noisy: pairs[(i * 7 + 3) % 20]!.noisy }))
    const { box } = await measureLocationInstability(device, model, SIZE, { layers: ['box'], images })
    expect(box!.mean).toBeGreaterThan(0.05)
  })

  it('is refused of a layer that does not exist, and of images of another size', async () => {
    using device = await openDevice()
    const measure = (layer: string, images = pairs) =>
      measureLocationInstability(device, model, SIZE, { layers: [layer], images })
    await expect(measure('cone')).rejects.toThrow('the box has no layer cone; it has box')
    const short = { clean: new Float32Array(3), noisy: new Float32Array(144) }
    await expect(measure('box', [short])).rejects.toThrow(/image 0 has 3 and 144 values; expected 144/)
  })
})
