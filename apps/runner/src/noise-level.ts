import { estimateSigma } from '@noisescope/classical'
import type { Image } from '@noisescope/images'
import type { Noise } from '@noisescope/noise'
import { noiseText } from './noise-options.ts'
import type { Output } from './output.ts'
import { levelText } from './trained-noise.ts'
import type { TrainedModel } from './weights.ts'

/** Half a grey level of 255: two statements of a noise level that differ by less mean the same. */
const SAME_LEVEL = 0.5 / 255

/** The noise level of an image on 0..1 as its finest details show it: the mean over its channels. */
export function estimatedSigma({ width, height, channels, data }: Image): number {
  const pixels = width * height
  const levels = Array.from({ length: channels }, (_, c) =>
    estimateSigma({ width, height, data: data.subarray(c * pixels, (c + 1) * pixels) }),
  )
  return levels.reduce((sum, level) => sum + level, 0) / channels
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
  const outside =
    level !== undefined && sigma !== undefined && (level < sigma.min - SAME_LEVEL || level > sigma.max + SAME_LEVEL)
  if (!otherKind && !outside) return
  const found =
    otherKind || level === undefined ? noise && noiseText(noise) : `noise of sigma ${levelText(level)} of 255`
  output.note(`Warning: ${path} was trained on ${known}, not on ${found}: expect worse results than its own.`)
}

const rangeText = ({ min, max }: NonNullable<TrainedModel['sigma']>): string =>
  min === max
    ? `Gaussian noise of sigma ${levelText(min)} of 255`
    : `Gaussian noise of sigma ${levelText(min)} to ${levelText(max)} of 255`
