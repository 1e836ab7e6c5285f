import { type Device, ShapeError } from '@noisescope/core'
import type { Image } from '@noisescope/images'
import type { Model, Taps } from '@noisescope/nn'
import type { DeadChannels } from './denoiser.ts'
import type { LayerActivation } from './figures/index.ts'
import { cutTile } from './tiles.ts'

/** The part of an image that fills a model's tile: its middle, or where it is smaller the image reflected at its edges. */
export function middleTile({ width, height, data }: Image, size: number): Float32Array {
  const corner = { x: Math.max(0, (width - size) >> 1), y: Math.max(0, (height - size) >> 1) }
  const tile = new Float32Array(size * size)
  cutTile({ width, height, data }, corner, size, tile)
  return tile
}

/**
 * What every layer puts out for one grey tile, in the order in which the layers run.
 * @param noisy [size, size]
 * @param dead channels to name as dead.
 */
export async function activationMaps(
  device: Device,
  model: Model,
  noisy: Float32Array,
  size: number,
  dead: DeadChannels['byLayer'] = new Map(),
): Promise<LayerActivation[]> {
  using program = await device.compile(
    ({ noisy }) => {
      const taps: Taps = {}
      model.forward(noisy, { taps })
      return taps
    },
    { noisy: [1, 1, size, size] },
  )
  const values = await program.run({ noisy })
  return model.layers.map(({ name }) => {
    const [, channels = 0, height = 0, width = 0] = program.shapeOf(name)
    const data = values[name]
    if (data === undefined) throw new ShapeError(`layer ${name} has no tap`)
    return { name, shape: [channels, height, width], data, dead: dead.get(name) ?? [] }
  })
}
