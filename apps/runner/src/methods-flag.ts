import { InputError } from '@noisescope/core'
import { type Explainer, explainerOf } from '@noisescope/explain'

/** How `--method` is written. */
export const METHOD_FORM = 'NAME[:OPTION=VALUE...], several with commas: fullgrad,integrated-gradients:baseline=zero'

/**
 * The explainers that a flag names, with their options.
 * @throws InputError when a method or option does not exist, or a method stands twice.
 */
export function methodsFrom(text: string): Explainer[] {
  const explainers = text.split(',').map((each) => {
    const [name = '', ...options] = each.trim().split(':')
    return explainerOf(name, Object.fromEntries(options.map((option) => optionFrom(option, text))))
  })
  const names = explainers.map(({ name, options }) => `${name} ${JSON.stringify(options)}`)
  const twice = explainers.find((_, i) => names.indexOf(names[i] ?? '') !== i)
  if (twice !== undefined) throw new InputError(`--method names ${twice.name} twice with the same options`)
  return explainers
}

function optionFrom(text: string, whole: string): [name: string, value: unknown] {
  const at = text.indexOf('=')
  if (at < 1) throw new InputError(`--method ${whole}: ${text} is no option; expected ${METHOD_FORM}`)
  const value = text.slice(at + 1)
  return [text.slice(0, at), valueFrom(value)]
}

function valueFrom(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
}
