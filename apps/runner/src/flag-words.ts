/** Values of flags by their names, as a command was given them. */
export type GivenFlags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/**
 * Flags as they are typed in a shell; those that were not given, are false or name nothing are left out. The words run as they
 * stand from a cell of a Markdown table, too: see `shellWord`.
 */
export const flagWords = (flags: GivenFlags): string[] =>
  Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return []
    return value === true ? [`--${name}`] : [`--${name}`, ...[value].flat().map((each) => shellWord(String(each)))]
  })

/** What every POSIX shell takes for itself alone. */
const PLAIN = /^[\w@%+=:,./-]+$/
/** What ends a cell of a table, a piece of code in Markdown, or the quotes: printf writes it from its number. */
const NOT_QUOTED = /[|`'\\%\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const NUMBERED = /[|`'"$\\%\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * A text as one word of a POSIX shell, quoted only where that is needed. Nothing in it must be escaped in a cell of a Markdown
 * table, so what is copied from the rendered page and from the file is the same. A line break at the very end is lost.
 */
export function shellWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text
  if (PLAIN.test(word)) return word
  if (!NOT_QUOTED.test(word)) return `'${word}'`
  return `"$(printf '${word.replaceAll(NUMBERED, inOctal)}')"`
}

/** The bytes of a character as printf reads them. */
const inOctal = (char: string): string =>
  [...new TextEncoder().encode(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
