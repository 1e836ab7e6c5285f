import { InputError } from '@noisescope/core'
import {
  type Explainer,
  explainerCatalogue,
  explainerOf,
  type Measure,
  measureCatalogue,
  measureOf,
  type NamedOptions,
} from '@noisescope/explain'

/** How `--method` is written. */
export const METHOD_FORM = 'NAME[:OPTION=VALUE...], several with commas: fullgrad,integrated-gradients:baseline=zero'

/** How `--evaluate` is written. */
export const MEASURE_FORM = 'NAME[:OPTION=VALUE...], several with commas: infidelity,max-sensitivity:draws=20'

/**
 * The explainers that `--method` names, with their options.
 * @throws InputError when a method or option does not exist, or a method stands twice.
 */
export const methodsFrom = (text: string): Explainer[] => namedThings(text, '--method', METHOD_FORM, explainerOf)

/**
 * The measures that `--evaluate` names, with their options.
 * @throws InputError when a measure or option does not exist, or a measure stands twice.
 */
export const measuresFrom = (text: string): Measure[] => namedThings(text, '--evaluate', MEASURE_FORM, measureOf)

function namedThings<Thing extends { readonly name: string; readonly options: NamedOptions }>(
  text: string,
  flag: string,
  form: string,
  make: (name: string, options: NamedOptions) => Thing,
): Thing[] {
  const things = text.split(',').map((each) => {
    const [name = '', ...options] = each.trim().split(':')
    return make(name, Object.fromEntries(options.map((option) => optionFrom(option, `${flag} ${text}`, form))))
  })
  const keys = things.map(({ name, options }) => `${name} ${JSON.stringify(options)}`)
  const twice = things.find((_, i) => keys.indexOf(keys[i] ?? '') !== i)
  if (twice !== undefined) throw new InputError(`${flag} names ${twice.name} twice with the same options`)
  return things
}

function optionFrom(text: string, whole: string, form: string): [name: string, value: unknown] {
  const at = text.indexOf('=')
  if (at < 1) throw new InputError(`${whole}: ${text} is no option; expected ${form}`)
  return [text.slice(0, at), valueFrom(text.slice(at + 1))]
}

function valueFrom(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
}

/** All methods and measures with their options, and what these are unless given. */
export const methodsHelp = (): string =>
  [
    '',
    'Methods (--method) and their options:',
    ...explainerCatalogue.flatMap(helpLines),
    '',
    'Measures (--evaluate) and their options:',
    ...measureCatalogue.flatMap(helpLines),
  ].join('\n')

const helpLines = ({
  name,
  options,
  about,
}: {
  readonly name: string
  readonly options: NamedOptions
  readonly about: string | undefined
}): string[] => [
  `  ${[name, ...Object.entries(options).map(([option, value]) => `${option}=${value}`)].join(' ')}`,
  ...(about === undefined ? [] : [`      ${about}`]),
]
