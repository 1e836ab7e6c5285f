import { InputError } from '@noisescope/core'

/** Options by name, as texts from a command line or values from a file. */
export type NamedOptions = Readonly<Record<string, unknown>>

/** What makes a thing from its options, all of which have usual values. */
export type Factory<Thing> = (options: never) => Thing

/** A thing with the options it has unless others are given. */
export const usual = <Thing>(factory: Factory<Thing>): Thing => factory({} as never)

/**
 * A thing with some of its options.
 * @param what it is, for messages: 'the method layercam'.
 * @throws InputError when it has no such option, or a value is not of its kind or refused.
 */
export function withOptions<Thing extends { readonly options: NamedOptions }>(
  factory: Factory<Thing>,
  options: NamedOptions,
  what: string,
): Thing {
  for (const [name, value] of Object.entries(usual(factory).options)) {
    const given = options[name]
    if (given === undefined || typeof value === 'string' || typeof given === typeof value) continue
    throw new InputError(
      `${what} has ${name}=${given}; expected ${typeof value === 'boolean' ? 'true or false' : 'a number'}`,
    )
  }
  const made = factory(options as never)
  const unknown = Object.keys(options).find((name) => !(name in made.options))
  if (unknown === undefined) return made
  const known = Object.keys(made.options).join(', ') || 'none'
  throw new InputError(`${what} has no option ${unknown}; it has ${known}`)
}
