/** Values of flags by their names, as a command was given them. */
export type GivenFlags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Flags as they are typed; those that were not given, are false or name nothing are left out. */
export const flagWords = (flags: GivenFlags): string[] =>
  Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return []
    return value === true ? [`--${name}`] : [`--${name}`, [value].flat().join(' ')]
  })
