import { InputError, type Shape, sizeOf } from '@noisescope/core'
import type { Model } from '@noisescope/nn'
import type { Target } from './targets.ts'

/** An image as a model is given it. */
export interface SubjectImage {
  /** y, [c, h, w] on the 0..1 scale, not clipped. */
  readonly noisy: Float32Array
  /** x, where it is known. */
  readonly clean?: Float32Array | undefined
  /** Standard deviation of the noise on the 0..1 scale: for models that are told it. */
  readonly sigma?: number | undefined
}

/** What is explained: one image and a target in it. */
export interface Subject extends SubjectImage {
  readonly target: Target
}

/** @param shape [1, c, h, w] of the model's images. @throws InputError when the image does not fit the model. */
export function checkImage({ noisy, clean, sigma }: SubjectImage, model: Model, shape: Shape): void {
  const [, channels = 1, height = 0, width = 0] = shape
  const expected = sizeOf(shape)
  for (const [name, image] of Object.entries({ noisy, clean })) {
    if (image === undefined) continue
    if (image.length !== expected) {
      throw new InputError(
        `the ${name} image has ${image.length} values; expected ${expected} for ${channels} channels of ${width}x${height}`,
      )
    }
    const bad = image.findIndex((each) => !Number.isFinite(each))
    if (bad >= 0) throw new InputError(`value ${bad} of the ${name} image is ${image[bad]}; expected finite values`)
  }
  if (model.takesSigma && !(sigma !== undefined && sigma >= 0 && sigma <= 1)) {
    throw new InputError(`the ${model.name} must be told the noise level; expected sigma from 0 to 1, got ${sigma}`)
  }
}

/** @throws InputError when the target is a distance to a clean image that is not given. */
export function checkClean({ clean, target }: Subject): void {
  if (!target.needsClean || clean !== undefined) return
  throw new InputError(`the target "${target.text}" is a distance to the clean image, which is not given`)
}
