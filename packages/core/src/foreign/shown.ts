import { inOneLine, printable } from './printable.ts'

/** Levels of lists and objects that are written out. */
const DEPTH = 3
/** Entries of each that are. */
const ENTRIES = 8

/**
 * A value from outside, such as a name or a field of a file, as a message holds it: in one line of at most 200 characters,
 * without control and direction characters. Texts stand as they are, what is not there as `missing`, all else as JSON, of which no
 * more is written than is shown.
 */
export function shown(value: unknown): string {
  return printable(inOneLine(typeof value === 'string' ? value.slice(0, 1000) : jsonText(value, DEPTH)), { lines: 1 })
}

/** As `shown`, with quotes around a text: where an empty one, or one with spaces, could be misread. */
export const quoted = (value: unknown): string => (typeof value === 'string' ? `"${shown(value)}"` : shown(value))

function jsonText(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 1000))
  if (value === undefined) return 'missing'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return entriesText('[]', value, depth, (each) => jsonText(each, depth - 1))
  return entriesText('{}', Object.entries(value), depth, ([key, each]) => {
    return `${JSON.stringify(key.slice(0, 1000))}:${jsonText(each, depth - 1)}`
  })
}

function entriesText<T>(brackets: string, entries: readonly T[], depth: number, textOf: (entry: T) => string): string {
  const [opening, closing] = brackets
  if (entries.length > 0 && depth === 0) return `${opening}…${closing}`
  const rest = entries.length > ENTRIES ? ',…' : ''
  return `${opening}${entries.slice(0, ENTRIES).map(textOf).join(',')}${rest}${closing}`
}
