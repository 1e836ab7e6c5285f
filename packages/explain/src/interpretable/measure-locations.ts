import { type Device, InputError, inputTensor, type Tensor } from '@noisescope/core'
import { objectMask } from '@noisescope/metrics'
import type { Model } from '@noisescope/nn'
import { batchShape, layerOf, type Size, traceModel } from '../traced-model.ts'
import {
  filterPeaks,
  type LocatedImage,
  type LocationInstability,
  type LocationOptions,
  locationInstability,
} from './location-stability.ts'

/** Images that one run of the program takes; the last run is filled up with black ones. */
const BATCH = 16

/** An image with and without its noise, [c, h, w] on 0..1. */
export interface PairedImage {
  readonly clean: Float32Array
  readonly noisy: Float32Array
}

/**
 * Location instability of layers of a model, by their names: where their filters fire in the noisy images, relative to the
 * object of the clean ones (brighter than 0.1, as `objectMask` has it).
 * @throws InputError when there is no such layer, a layer puts out no maps, or the images do not fit; or the model must be
 *   told the noise level.
 */
export async function measureLocationInstability(
  device: Device,
  model: Model,
  size: Size,
  {
    layers,
    images,
    ...options
  }: LocationOptions & {
    readonly layers: readonly string[]
    readonly images: readonly PairedImage[]
  },
): Promise<Record<string, LocationInstability>> {
  if (model.takesSigma) throw new InputError(`the ${model.name} must be told the noise level of each image`)
  const input = batchShape(model, size, BATCH)
  const pixels = size.width * size.height * model.channels
  for (const [i, { clean, noisy }] of images.entries()) {
    if (clean.length !== pixels || noisy.length !== pixels)
      throw new InputError(`image ${i} has ${clean.length} and ${noisy.length} values; expected ${pixels}`)
  }
  const tapped = (noisy: Tensor): Record<string, Tensor> => {
    const traced = traceModel(model, noisy, undefined)
    return Object.fromEntries(layers.map((layer) => [layer, layerOf(traced, layer)]))
  }
  const shapes = Object.entries(tapped(inputTensor('noisy', input))).map(([layer, { shape }]) => {
    const [, filters = 0, height = 0, width = 0] = shape
    if (shape.length !== 4) throw new InputError(`the layer ${layer} puts out no maps`)
    return { layer, shape: [filters, height, width] as const, located: [] as LocatedImage[] }
  })
  using program = await device.compile(({ noisy }) => tapped(noisy), { noisy: input })
  for (let start = 0; start < images.length; start += BATCH) {
    const part = images.slice(start, start + BATCH)
    const noisy = new Float32Array(BATCH * pixels)
    for (const [place, image] of part.entries()) noisy.set(image.noisy, place * pixels)
    const found = await program.run({ noisy })
    for (const { layer, shape, located } of shapes) {
      const length = shape[0] * shape[1] * shape[2]
      for (const [place, { clean }] of part.entries()) {
        const maps = (found[layer] ?? new Float32Array()).subarray(place * length, (place + 1) * length)
        const data = objectMask(clean, { ...size, channels: model.channels })
        located.push({ peaks: filterPeaks(maps, shape, size), mask: { ...size, data } })
      }
    }
  }
  return Object.fromEntries(shapes.map(({ layer, located }) => [layer, locationInstability(located, options)]))
}
