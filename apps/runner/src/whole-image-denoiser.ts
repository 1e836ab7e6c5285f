import { type Device, InputError, OutOfMemoryError, type Program, type Shape } from '@noisescope/core'
import { createImage, type Image, withChannels } from '@noisescope/images'
import type { Model } from '@noisescope/nn'
import { cleanImage } from './denoiser.ts'
import { type ExactTile, type ExactTiles, exactTiles } from './exact-tiles.ts'

/** Pixels of the largest tile: 512x512. A network of 64 channels needs 128 to 200 MiB for it. */
const MAXIMUM_PIXELS = 2 ** 18
/** Tiles are made smaller for an adapter that lacks the memory, down to this. */
const LEAST_PIXELS = 2 ** 12

/** What a network is told, and whom it tells how far it is. */
export interface DenoiseImageOptions {
  /** Standard deviation of the noise on 0..1, for networks that take it. */
  readonly sigma?: number | undefined
  /** Tiles done, of how many. */
  readonly onProgress?: (done: number, total: number) => void
  /** Pixels of the largest tile; 512x512 if not given. */
  readonly maximumPixels?: number
}

type ImageProgram = Program<{ noisy: Shape; sigma: Shape }, 'denoised'>

/**
 * A fully convolutional model that denoises images of any size: whole, or where they are large in tiles whose inside equals the
 * whole image's output, so that memory is bounded. Colour images go through a grey model channel by channel; a grey image goes
 * through a colour model as three equal channels, whose mean is the result.
 */
export class WholeImageDenoiser implements Disposable {
  readonly #device: Device
  readonly #model: Model
  #maximumPixels = MAXIMUM_PIXELS
  #compiled: { readonly shape: string; readonly program: ImageProgram } | undefined

  constructor(device: Device, model: Model) {
    this.#device = device
    this.#model = model
  }

  /**
   * Denoises an image; the result is not clipped.
   * @throws InputError when the model must be told the noise level and is not.
   */
  async denoise(image: Image, options: DenoiseImageOptions = {}): Promise<Image> {
    const { channels } = this.#model
    if (channels === 3) {
      const denoised = await this.#denoiseAll([withChannels(image, 3)], options)
      return image.channels === 3 ? joined(image, denoised) : joined(image, [meanChannel(denoised)])
    }
    return joined(image, await this.#denoiseAll(channelsOf(image), options))
  }

  /** Denoises images of one size that have the model's channels, in smaller tiles where the adapter's memory is too small. */
  async #denoiseAll(images: readonly Image[], options: DenoiseImageOptions): Promise<Float32Array[]> {
    const { maximumPixels = MAXIMUM_PIXELS } = options
    if (this.#model.takesSigma && options.sigma === undefined) {
      throw new InputError(`the ${this.#model.name} must be told the noise level; give --noise-level (0 to 255)`)
    }
    const padded = images.map((image) => alignedImage(image, this.#model.alignment ?? 1))
    const [first] = padded
    if (first === undefined) return []
    for (;;) {
      const tiles = usualTiles(this.#model, first, Math.min(maximumPixels, this.#maximumPixels))
      try {
        return await this.#denoiseTiles(images, padded, tiles, options)
      } catch (error) {
        if (!(error instanceof OutOfMemoryError) || this.#maximumPixels <= LEAST_PIXELS) throw error
        this.#maximumPixels = Math.floor(Math.min(this.#maximumPixels, tiles.width * tiles.height) / 2)
        this.#forgetProgram()
      }
    }
  }

  async #denoiseTiles(
    images: readonly Image[],
    padded: readonly Image[],
    tiles: ExactTiles,
    { onProgress = () => {}, sigma }: DenoiseImageOptions,
  ): Promise<Float32Array[]> {
    const program = await this.#compile(denoisingInputs(this.#model, tiles))
    const level = Float32Array.of(sigma ?? 0)
    const total = padded.length * tiles.tiles.length
    const outputs: Float32Array[] = []
    let done = 0
    onProgress(done, total)
    for (const [index, source] of padded.entries()) {
      const { width, height } = images[index] ?? source
      const output = new Float32Array(source.channels * width * height)
      const tile = new Float32Array(source.channels * tiles.width * tiles.height)
      for (const place of tiles.tiles) {
        cut(source, place, tiles, tile)
        const { denoised } = await program.run({ noisy: tile, sigma: level })
        paste(denoised, place, tiles, { width, height, channels: source.channels, data: output })
        onProgress(++done, total)
      }
      outputs.push(output)
    }
    return outputs
  }

  async #compile(inputs: ReturnType<typeof denoisingInputs>): Promise<ImageProgram> {
    const key = inputs.noisy.join('x')
    if (this.#compiled?.shape === key) return this.#compiled.program
    this.#forgetProgram()
    const program = await this.#device.compile(
      ({ noisy, sigma }) => ({ denoised: cleanImage(this.#model, noisy, { sigma }) }),
      inputs,
    )
    this.#compiled = { shape: key, program }
    return program
  }

  #forgetProgram(): void {
    this.#compiled?.program[Symbol.dispose]()
    this.#compiled = undefined
  }

  [Symbol.dispose](): void {
    this.#forgetProgram()
  }
}

/**
 * The tiles in which images of one size are denoised.
 * @param maximumPixels of a tile; 512x512 if not given.
 */
export function usualTiles(
  { receptiveRadius: radius, alignment = 1, name }: Model,
  { width, height }: { readonly width: number; readonly height: number },
  maximumPixels = MAXIMUM_PIXELS,
): ExactTiles {
  if (radius === undefined) throw new Error(`the ${name} is not for images of any size`)
  const [across, down] = [aligned(width, alignment), aligned(height, alignment)]
  return exactTiles({ width: across, height: down }, { radius, alignment, maximumPixels })
}

/** Shapes of what the program for one tile takes. */
export const denoisingInputs = (model: Model, { width, height }: Pick<ExactTiles, 'width' | 'height'>) => ({
  noisy: [1, model.channels, height, width] as const,
  sigma: [1] as const,
})

const aligned = (length: number, alignment: number): number => Math.ceil(length / alignment) * alignment

/** The image with its last row and column repeated until both sides are multiples of `alignment`. */
function alignedImage(image: Image, alignment: number): Image {
  const width = aligned(image.width, alignment)
  const height = aligned(image.height, alignment)
  if (width === image.width && height === image.height) return image
  const data = new Float32Array(image.channels * width * height)
  for (let channel = 0; channel < image.channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * image.height + Math.min(y, image.height - 1)) * image.width
      const target = (channel * height + y) * width
      data.set(image.data.subarray(row, row + image.width), target)
      data.fill(image.data[row + image.width - 1] as number, target + image.width, target + width)
    }
  }
  return createImage(width, height, image.channels, data)
}

function cut(image: Image, { x, y }: ExactTile, { width, height }: ExactTiles, target: Float32Array): void {
  for (let channel = 0; channel < image.channels; channel++) {
    for (let row = 0; row < height; row++) {
      const start = (channel * image.height + y + row) * image.width + x
      target.set(image.data.subarray(start, start + width), (channel * height + row) * width)
    }
  }
}

/** Copies what a tile gives to the image; what was only alignment is dropped. */
function paste(tile: Float32Array, { x, y, ...part }: ExactTile, { width, height }: ExactTiles, target: Image): void {
  const right = Math.min(part.right, target.width)
  const bottom = Math.min(part.bottom, target.height)
  for (let channel = 0; channel < target.channels; channel++) {
    for (let row = part.top; row < bottom; row++) {
      const start = (channel * height + row - y) * width - x
      target.data.set(
        tile.subarray(start + part.left, start + right),
        (channel * target.height + row) * target.width + part.left,
      )
    }
  }
}

const channelsOf = ({ width, height, channels, data }: Image): Image[] =>
  Array.from({ length: channels }, (_, c) =>
    createImage(width, height, 1, data.subarray(c * width * height, (c + 1) * width * height)),
  )

function joined({ width, height, channels }: Image, planes: readonly Float32Array[]): Image {
  const [only] = planes
  if (planes.length === 1 && only !== undefined) return createImage(width, height, channels, only)
  const data = new Float32Array(channels * width * height)
  for (const [c, plane] of planes.entries()) data.set(plane, c * width * height)
  return createImage(width, height, channels, data)
}

/** The mean over the three channels of one image [3, h, w]. */
function meanChannel([image = new Float32Array()]: readonly Float32Array[]): Float32Array {
  const pixels = image.length / 3
  return Float32Array.from(
    { length: pixels },
    (_, i) => ((image[i] as number) + (image[pixels + i] as number) + (image[2 * pixels + i] as number)) / 3,
  )
}
