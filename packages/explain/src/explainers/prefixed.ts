/** What is traced for each of some things, as 'prefix name'. */
export const prefixed = <Thing extends { readonly name: string }, Value>(
  prefix: string,
  things: readonly Thing[],
  valueOf: (thing: Thing) => Value,
): Record<string, Value> => Object.fromEntries(things.map((thing) => [`${prefix} ${thing.name}`, valueOf(thing)]))

/** What stands under 'prefix name', by its name. */
export const named = <Value>(prefix: string, values: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(values).flatMap(([key, value]) =>
    key.startsWith(`${prefix} `) ? [[key.slice(prefix.length + 1), value]] : [],
  )
