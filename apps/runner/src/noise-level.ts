import { estimateImageSigma } from '@noisescope/classical'
import { InputError } from '@noisescope/core'
import type { Image } from '@noisescope/images'
import { levelText, noiseText, type SigmaRange } from '@noisescope/models'
import type { Noise } from '@noisescope/noise'
import type { Output } from './output.ts'
import type { TrainedModel } from './weights.ts'

/** Half a grey level of 255: two statements of a noise level that differ by less mean the same. */
const SAME_LEVEL = 0.5 / 255

/**
 * The noise level of an image on 0..1 as its finest details show it: the mean over its channels.
 * @param name of the image, for messages.
 * @throws InputError when it is a single line of pixels, which has no such details.
 */
export function estimatedSigma(image: Image, name = 'the image'): number {
  const { width, height } = image
  if (width < 2 || height < 2) {
    throw new InputError(
      `${name} is ${width}x${height}: the noise level of a single line of pixels cannot be estimated; give --noise-level (0 to 255)`,
    )
  }
  return estimateImageSigma(image)
}

/**
 * Says where a model is used on noise that it was not trained on.
 * @param noise that is added, if any.
 * @param level of the noise on 0..1, where it is known.
 */
export function warnOfNoise(
  { sigma, noise: trainedOn, path }: Pick<TrainedModel, 'sigma' | 'noise' | 'path'>,
  noise: Noise | undefined,
  level: number | undefined,
  output: Output,
): void {
  const known = sigma === undefined ? trainedOn && noiseText(trainedOn) : rangeText(sigma)
  if (known === undefined) return
  const otherKind = noise !== undefined && noise.kind !== (trainedOn?.kind ?? 'gaussian')
  const outside = level !== undefined && sigma !== undefined && isOutside(level, sigma)
  if (!otherKind && !outside) return
  const found =
    otherKind || level === undefined ? noise && noiseText(noise) : `noise of sigma ${levelText(level)} of 255`
  output.note(`Warning: ${path} was trained on ${known}, not on ${found}: expect worse results than its own.`)
}

/** Says where the noise of an image is estimated as stronger or weaker than a model was trained on. */
export function warnOfEstimate(
  { sigma, path }: Pick<TrainedModel, 'sigma' | 'path'>,
  image: string,
  level: number,
  output: Output,
): void {
  if (sigma === undefined || !isOutside(level, sigma)) return
  output.note(
    `Warning: the noise of ${image} is estimated as of sigma ${levelText(level)} of 255; ${path} was trained on ` +
      `${rangeText(sigma)}: expect worse results than its own.`,
  )
}

const isOutside = (level: number, { min, max }: SigmaRange): boolean =>
  level < min - SAME_LEVEL || level > max + SAME_LEVEL

const rangeText = ({ min, max }: SigmaRange): string =>
  min === max
    ? `Gaussian noise of sigma ${levelText(min)} of 255`
    : `Gaussian noise of sigma ${levelText(min)} to ${levelText(max)} of 255`
