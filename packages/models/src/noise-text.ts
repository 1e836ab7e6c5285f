import { describeNoise, type Noise } from '@noisescope/noise'

/** Largest value of the scale on which people give the level of Gaussian noise. */
export const BYTE = 255

/** A standard deviation on 0..1 as people give it, of 255. */
export const levelText = (sigma: number): string => String(Number((sigma * BYTE).toPrecision(4)))

/** The noise in words; of Gaussian noise also its sigma of 255. */
export function noiseText(noise: Noise): string {
  if (noise.kind !== 'gaussian') return describeNoise(noise)
  return `${describeNoise({ kind: 'gaussian', sd: Number(noise.sd.toPrecision(4)) })} (sigma ${levelText(noise.sd)} of ${BYTE})`
}
