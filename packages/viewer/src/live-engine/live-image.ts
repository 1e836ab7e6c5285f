import { InputError } from '@noisescope/core'
import { createImage, crop, type Image, withChannels } from '@noisescope/images'
import type { StoredModel } from '@noisescope/models'
import type { SourceImage } from '../sources/source.ts'

/** A part of an image, in pixels from its upper left corner. */
export interface Part {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** An image to look into. */
export interface LiveImage extends SourceImage {
  /** Its place in the set that it is of, which its noise depends on as on the command line; 0 if not given. */
  readonly index?: number
  /**
   * The part that the model is given, of larger images: where not given the model's tile, or 96x96 pixels, in the middle, as
   * `noisescope explain` takes it. `all` of a photograph takes memory: every activation of every layer is kept.
   */
  readonly part?: Part | 'all'
}

/** An image with the model's channels, and which part of it the model is given. */
export interface PreparedImage {
  /** The image's name, and the part. */
  readonly name: string
  readonly index: number
  readonly whole: Image
  readonly part: Part
  /** The values of the part. */
  readonly values: Float32Array
}

/** Side in pixels of the part of a photograph that is looked into unless another is asked for. */
const LOOKED_INTO_SIDE = 96

/** Brighter than any noise makes a pixel: such an image is on another scale than 0..1. */
const MOST = 4

/**
 * An image as a model takes it.
 * @throws InputError when its values are not its sizes', not finite, or on 0..255, or the part is not within it.
 */
export function preparedImage(image: LiveImage, { kind, model }: Pick<StoredModel, 'kind' | 'model'>): PreparedImage {
  const { name, index = 0 } = image
  checkValues(image)
  const whole = withChannels(
    createImage(image.width, image.height, image.channels, image.data),
    model.channels === 3 ? 3 : 1,
  )
  const part = partOf(image, kind.takes === 'tiles' ? kind.tile : LOOKED_INTO_SIDE)
  if (kind.takes === 'tiles' && (part.width !== kind.tile || part.height !== kind.tile)) {
    throw new InputError(
      `the ${kind.name} takes images of ${kind.tile}x${kind.tile} pixels; of ${name} there are ${part.width}x${part.height}: give a larger one`,
    )
  }
  const isWhole = part.width === whole.width && part.height === whole.height
  const where = `${part.width}x${part.height} of its ${whole.width}x${whole.height} pixels, from ${part.left},${part.top} on`
  return { name: isWhole ? name : `${name} (${where})`, index, whole, part, values: cutOut(whole, part) }
}

/** The values of the part. @throws InputError when it is not within the image. */
const cutOut = (image: Image, { left, top, width, height }: Part): Float32Array =>
  crop(image, left, top, width, height).data

function partOf({ width, height, part }: LiveImage, side: number): Part {
  if (part === 'all') return { left: 0, top: 0, width, height }
  if (part !== undefined) return part
  const [across, down] = [Math.min(width, side), Math.min(height, side)]
  return { left: (width - across) >> 1, top: (height - down) >> 1, width: across, height: down }
}

function checkValues({ name, width, height, channels, data }: SourceImage): void {
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`${name} has ${String(channels)} channels; expected 1 (grey) or 3 (red, green, blue)`)
  }
  const bad = data.findIndex((value) => !(Math.abs(value) <= MOST))
  if (bad < 0) return
  const pixel = bad % (width * height)
  const place = `channel ${Math.floor(bad / (width * height))}, x ${pixel % width}, y ${Math.floor(pixel / width)}`
  throw new InputError(
    `${name} has the value ${data[bad]} at ${place}; expected finite values on 0..1: divide bytes by 255`,
  )
}
