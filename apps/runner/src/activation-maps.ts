import { type Device, ShapeError } from '@noisescope/core'
import { createImage, type Image, middleCrop, toGrey, withChannels } from '@noisescope/images'
import type { ModelKind } from '@noisescope/models'
import type { Model, Taps } from '@noisescope/nn'
import type { DeadChannels } from './denoiser.ts'
import type { LayerActivation } from './figures/index.ts'
import { cutTile } from './tiles.ts'

/** Side in pixels of the part of a photograph whose activation maps are drawn. */
export const PHOTOGRAPH_SIDE = 64

/** The part of an image whose activations are looked at: its middle, as large as the model takes it. */
export function shownPart(kind: ModelKind, model: Model, image: Image): Image {
  if (kind.takes === 'tiles') return middleTile(image, kind.tile)
  return withChannels(middleCrop(image, PHOTOGRAPH_SIDE), model.channels === 3 ? 3 : 1)
}

/** The part of an image that fills a model's tile: its middle, or where it is smaller the image reflected at its edges. */
function middleTile(image: Image, size: number): Image {
  const { width, height, data } = toGrey(image)
  const corner = { x: Math.max(0, (width - size) >> 1), y: Math.max(0, (height - size) >> 1) }
  const tile = new Float32Array(size * size)
  cutTile({ width, height, data }, corner, size, tile)
  return createImage(size, size, 1, tile)
}

/**
 * What every layer puts out for one image, in the order in which the layers run.
 * @param sigma standard deviation of its noise on 0..1, for models that are told.
 * @param dead channels to name as dead.
 */
export async function activationMaps(
  device: Device,
  model: Model,
  { width, height, channels, data }: Image,
  {
    sigma = 0,
    dead = new Map(),
  }: { readonly sigma?: number | undefined; readonly dead?: DeadChannels['byLayer'] } = {},
): Promise<LayerActivation[]> {
  using program = await device.compile(
    ({ noisy }) => {
      const taps: Taps = {}
      model.forward(noisy, { taps, sigma })
      return taps
    },
    { noisy: [1, channels, height, width] },
  )
  const values = await program.run({ noisy: data })
  return model.layers.map(({ name }) => {
    const [, channels = 0, height = 0, width = 0] = program.shapeOf(name)
    const data = values[name]
    if (data === undefined) throw new ShapeError(`layer ${name} has no tap`)
    return { name, shape: [channels, height, width], data, dead: dead.get(name) ?? [] }
  })
}
