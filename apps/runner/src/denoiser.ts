import { type Device, max, type Program, type Shape, sub, type Tensor } from '@noisescope/core'
import { createImage, type Image } from '@noisescope/images'
import type { ForwardOptions, Model, Taps } from '@noisescope/nn'
import { Blend, type Corner, cutTile, type Plane, tileCorners } from './tiles.ts'

/** Tiles that one run of the program takes; the last run is filled up by repeating a tile. */
export const TILES_IN_A_RUN = 16

/** The channels of ReLU layers that nothing so far has activated. */
export interface DeadChannels {
  /** As `layer/channel`, in the model's order. */
  readonly names: readonly string[]
  readonly byLayer: ReadonlyMap<string, readonly number[]>
  /** Number of all channels of ReLU layers. */
  readonly of: number
}

interface Tile extends Corner {
  readonly plane: Plane
  readonly blend: Blend
}

/** A model compiled to denoise images of any size, channel by channel, in tiles; it also watches for dead channels. */
export class Denoiser implements Disposable {
  readonly #program: Program<{ noisy: Shape }, string>
  readonly #size: number
  readonly #batch: number
  /** Largest value of each channel of each ReLU layer so far. */
  readonly #peaks: ReadonlyMap<string, Float32Array>

  constructor(
    program: Program<{ noisy: Shape }, string>,
    size: number,
    batch: number,
    peaks: ReadonlyMap<string, Float32Array>,
  ) {
    this.#program = program
    this.#size = size
    this.#batch = batch
    this.#peaks = peaks
  }

  /**
   * Denoises images; the results are not clipped.
   * @param onProgress tiles done, of how many.
   */
  async denoise(
    images: readonly Image[],
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<Image[]> {
    const work = images.map((image) => ({
      image,
      planes: planesOf(image).map((plane) => ({ plane, blend: new Blend(plane, this.#size) })),
    }))
    const tiles = work.flatMap(({ planes }) =>
      planes.flatMap(({ plane, blend }) =>
        tileCorners(plane, this.#size).map((corner): Tile => ({ ...corner, plane, blend })),
      ),
    )
    onProgress(0, tiles.length)
    for (let start = 0; start < tiles.length; start += this.#batch) {
      await this.#run(tiles.slice(start, start + this.#batch))
      onProgress(Math.min(start + this.#batch, tiles.length), tiles.length)
    }
    return work.map(({ image, planes }) => {
      const data = new Float32Array(image.data.length)
      for (const [channel, { plane, blend }] of planes.entries()) data.set(blend.result(), channel * plane.data.length)
      return createImage(image.width, image.height, image.channels, data)
    })
  }

  async #run(tiles: readonly Tile[]): Promise<void> {
    const pixels = this.#size ** 2
    const noisy = new Float32Array(this.#batch * pixels)
    for (let place = 0; place < this.#batch; place++) {
      const tile = tiles[place] ?? tiles[0]
      if (tile !== undefined)
        cutTile(tile.plane, tile, this.#size, noisy.subarray(place * pixels, (place + 1) * pixels))
    }
    const { denoised = new Float32Array(), ...peaks } = await this.#program.run({ noisy })
    for (const [place, tile] of tiles.entries())
      tile.blend.add(denoised.subarray(place * pixels, (place + 1) * pixels), tile)
    for (const [layer, highest] of this.#peaks) {
      for (const [channel, peak] of (peaks[layer] ?? []).entries())
        highest[channel] = Math.max(highest[channel] as number, peak)
    }
  }

  /** Channels that no image denoised so far has activated. */
  get deadChannels(): DeadChannels {
    const byLayer = new Map<string, number[]>()
    for (const [layer, peaks] of this.#peaks)
      byLayer.set(
        layer,
        [...peaks.keys()].filter((channel) => (peaks[channel] as number) <= 0),
      )
    const names = [...byLayer].flatMap(([layer, channels]) => channels.map((channel) => `${layer}/${channel}`))
    return { names, byLayer, of: [...this.#peaks.values()].reduce((sum, { length }) => sum + length, 0) }
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]()
  }
}

/** Compiles a model of one channel for tiles of `size` x `size` pixels. */
export async function compileDenoiser(device: Device, model: Model, size: number): Promise<Denoiser> {
  const peaks = new Map<string, Float32Array>()
  const program = await device.compile(
    ({ noisy }) => {
      const taps: Taps = {}
      const outputs: Record<string, Tensor> = { denoised: cleanImage(model, noisy, { taps }) }
      for (const [layer, tap] of Object.entries(taps)) {
        if (tap.op.name !== 'relu') continue
        outputs[layer] = max(tap, [0, 2, 3])
        peaks.set(layer, new Float32Array(tap.shape[1] ?? 0).fill(Number.NEGATIVE_INFINITY))
      }
      return outputs
    },
    { noisy: [TILES_IN_A_RUN, 1, size, size] },
  )
  return new Denoiser(program, size, TILES_IN_A_RUN, peaks)
}

/** The clean image that a model estimates, whether it puts out that image or the noise. */
export function cleanImage(model: Model, noisy: Tensor, options: ForwardOptions = {}): Tensor {
  const output = model.forward(noisy, options)
  return model.output === 'clean' ? output : sub(noisy, output)
}

/** How many tiles of `size` x `size` an image is cut into, all channels counted. */
export const tileCount = (image: Image, size: number): number => image.channels * tileCorners(image, size).length

function planesOf({ width, height, channels, data }: Image): Plane[] {
  const pixels = width * height
  return Array.from({ length: channels }, (_, c) => ({
    width,
    height,
    data: data.subarray(c * pixels, (c + 1) * pixels),
  }))
}
