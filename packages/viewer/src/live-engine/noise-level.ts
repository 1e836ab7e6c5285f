import { estimateImageSigma } from '@noisescope/classical'
import { InputError } from '@noisescope/core'
import type { Model } from '@noisescope/nn'
import { knownLevel, type ShownImage } from './shown-image.ts'

/** @throws InputError when a level is not on 0..1. */
export function checkLevel(sigma: number | undefined): void {
  if (sigma !== undefined && !(sigma >= 0 && sigma <= 1)) {
    throw new InputError(
      `sigma is ${sigma}; expected 0 to 1: images are on 0..1, so what is 25 on 0..255 is 0.098 here`,
    )
  }
}

/**
 * The noise level that a model is told, on 0..1: the one asked for, else that of the Gaussian noise that was added, else, for
 * models that need one, what the image's finest details show, as on the command line.
 * @throws InputError when it would have to be estimated from a single line of pixels.
 */
export function levelFor(model: Model, shown: ShownImage, asked: number | undefined): number | undefined {
  const known = asked ?? knownLevel(shown)
  if (known !== undefined || !model.takesSigma) return known
  const { noisy: data, prepared } = shown
  const { width, height } = prepared.part
  if (width < 2 || height < 2) {
    throw new InputError(
      `the ${model.name} must be told the noise level, which ${width}x${height} pixels do not show; give sigma, 0 to 1`,
    )
  }
  return Math.min(estimateImageSigma({ width, height, channels: model.channels, data }), 1)
}
