import { InputError } from '@noisescope/core'
import { createImage, type Image } from '@noisescope/images'
import { BYTE } from '@noisescope/models'
import type { Command } from 'commander'

/** Flags that say in which form the noise that a command adds reaches the network. */
export interface NoisyImageFlags {
  readonly clipNoise?: boolean
  readonly roundNoise?: boolean
}

/** The noisy image as float values outside of 0..1 too, clipped to 0..1, or as a file of 8 bits holds it. */
export type NoisyForm = 'as drawn' | 'clipped' | 'rounded'

export const addNoisyImageFlags = (command: Command): Command =>
  command
    .option('--clip-noise', 'clip the noisy image to 0..255 before it is denoised and measured')
    .option('--round-noise', 'clip it and round it to whole levels of 0..255, as an 8-bit file holds it')

/** The form that the flags ask for. @throws InputError when both are given. */
export function noisyForm({ clipNoise = false, roundNoise = false }: NoisyImageFlags): NoisyForm {
  if (clipNoise && roundNoise) throw new InputError('--round-noise clips too; give only one of it and --clip-noise')
  if (roundNoise) return 'rounded'
  return clipNoise ? 'clipped' : 'as drawn'
}

/** A noisy image in a form. */
export function inForm(noisy: Image, form: NoisyForm): Image {
  if (form === 'as drawn') return noisy
  const { width, height, channels, data } = noisy
  const clip = (value: number): number => Math.min(Math.max(value, 0), 1)
  const change = form === 'clipped' ? clip : (value: number): number => Math.round(clip(value) * BYTE) / BYTE
  return createImage(width, height, channels, data.map(change))
}

/** The form in the words of a protocol. */
export const FORM_TEXT = {
  'as drawn': 'not clipped and not quantised',
  clipped: 'clipped to 0..1',
  rounded: 'clipped and rounded to 8 bits',
} as const satisfies Record<NoisyForm, string>

/** The flags of a form, by their names. */
export const formFlags = (form: NoisyForm): Readonly<Record<string, true>> =>
  form === 'as drawn' ? {} : { [form === 'clipped' ? 'clip-noise' : 'round-noise']: true }
