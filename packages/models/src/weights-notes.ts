import { InputError } from '@noisescope/core'
import type { ModelOptions, SigmaRange } from './models.ts'

/** The options that a file says of its model; none where it says nothing. @throws InputError when they are unknown. */
export function optionsFrom(text: string | undefined, source: string): ModelOptions {
  if (text === undefined) return {}
  try {
    const options = JSON.parse(text) as ModelOptions
    if (typeof options === 'object' && options !== null && [undefined, 'sigmoid', 'linear'].includes(options.end)) {
      return options
    }
  } catch {
    // Falls through to the refusal: text that is no JSON is as unknown as an unknown end.
  }
  throw new InputError(`${source} has the model options ${text}, which this version does not know`)
}

/** The levels of Gaussian noise that a file says, on 0..1. @throws InputError when they are no range. */
export function sigmaRangeFrom(text: string, source: string): SigmaRange {
  try {
    const { min, max } = JSON.parse(text) as Partial<SigmaRange>
    if (typeof min === 'number' && typeof max === 'number' && 0 <= min && min <= max) return { min, max }
  } catch {
    // Falls through to the refusal: text that is no JSON is no range either.
  }
  throw new InputError(`${source} has the noise levels ${text}; expected as in {"min":0,"max":0.2}, on 0..1`)
}
