import { InputError } from '@noisescope/core'
import { BYTE, type SigmaRange } from '@noisescope/models'

/**
 * Reads a range of levels as flags give it, `0-55`, on 0..255.
 * @throws InputError when it is none.
 */
export function parseSigmaRange(text: string): SigmaRange {
  const [, low, high] = /^\s*([\d.]+)\s*(?:-|\.\.|to)\s*([\d.]+)\s*$/.exec(text) ?? []
  const [min, max] = [Number(low) / BYTE, Number(high) / BYTE]
  if (!(min >= 0 && max >= min && max <= 1))
    throw new InputError(
      `the range of noise levels ${JSON.stringify(text)}: expected two numbers as in 0-55, up to 255`,
    )
  return { min, max }
}
