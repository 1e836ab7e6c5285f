import { InputError, parsedJson, shown } from '@noisescope/core'
import type { ModelOptions, SigmaRange } from './models.ts'

/** The options that a file says of its model; none where it says nothing. @throws InputError when they are unknown. */
export function optionsFrom(text: string | undefined, source: string): ModelOptions {
  if (text === undefined) return {}
  const refuse = (): never => {
    throw new InputError(`${source} has the model options ${shown(text)}, which this version does not know`)
  }
  const options = parsedJson(text, refuse) as ModelOptions | null
  return typeof options === 'object' && options !== null && areKnown(options) ? options : refuse()
}

const areKnown = ({ end, output, batchNormEps = 0, dilations = [] }: ModelOptions): boolean =>
  [undefined, 'sigmoid', 'linear'].includes(end) &&
  [undefined, 'clean', 'residual'].includes(output) &&
  typeof batchNormEps === 'number' &&
  batchNormEps >= 0 &&
  Array.isArray(dilations) &&
  dilations.every(Number.isSafeInteger)

/** The levels of Gaussian noise that a file says, on 0..1. @throws InputError when they are no range. */
export function sigmaRangeFrom(text: string, source: string): SigmaRange {
  const refuse = (): never => {
    throw new InputError(`${source} has the noise levels ${shown(text)}; expected as in {"min":0,"max":0.2}, on 0..1`)
  }
  const { min, max } = (parsedJson(text, refuse) ?? {}) as Partial<SigmaRange>
  return typeof min === 'number' && typeof max === 'number' && 0 <= min && min <= max ? { min, max } : refuse()
}
