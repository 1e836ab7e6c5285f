import { InputError, printable, quoted, shown } from '@noisescope/core'

/** A value of a JSON document that is not trusted yet, and where it stands. */
export interface Field {
  readonly value: unknown
  /** Such as frames[0].label; empty for the document itself. */
  readonly path: string
  /** The file's name. */
  readonly source: string
}

/** Makes a trusted value of a field, or refuses it. */
export type Read<T> = (field: Field) => T

/** The most characters of a text that is no name: notes list a number for each layer. */
const TEXT_LENGTH = 2000

/** @throws InputError naming the field, what it is and what was expected. */
export function refuse({ value, path, source }: Field, expected: string): never {
  throw new InputError(`${source}: ${path || 'the trace'} is ${quoted(value)}, expected ${expected}`)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field of an object, or an undefined one where the object lacks it. */
export function at(field: Field, key: string): Field {
  const { value, path, source } = field
  if (!isObject(value)) return refuse(field, 'an object')
  return { value: Object.hasOwn(value, key) ? value[key] : undefined, path: pathOf(path, key), source }
}

const pathOf = (parent: string, key: string): string => {
  if (!/^\w+$/.test(key)) return `${parent}[${quoted(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}

/** A text as it stands in the file, to find other parts of the file by. */
export const exactText: Read<string> = (field) =>
  typeof field.value === 'string' ? field.value : refuse(field, 'a text')

/** A text for people: without control and direction characters, ten lines at most. */
export const text: Read<string> = (field) => printable(exactText(field), { characters: TEXT_LENGTH })

/** A name, for people too: in one line of 200 characters at most. */
export const name: Read<string> = (field) => shown(exactText(field))

export const flag: Read<boolean> = (field) =>
  typeof field.value === 'boolean' ? field.value : refuse(field, 'true or false')

export const number: Read<number> = (field) =>
  Number.isFinite(field.value) ? (field.value as number) : refuse(field, 'a finite number')

/** A number, or null for what had no finite value. */
export const measured: Read<number | null> = (field) =>
  field.value === null || Number.isFinite(field.value)
    ? (field.value as number | null)
    : refuse(field, 'a finite number or null')

export const wholeNumber: Read<number> = (field) =>
  Number.isSafeInteger(field.value) ? (field.value as number) : refuse(field, 'a whole number')

/** A whole number that is not negative. */
export const count: Read<number> = (field) =>
  Number.isSafeInteger(field.value) && (field.value as number) >= 0
    ? (field.value as number)
    : refuse(field, 'a whole number of at least 0')

export const oneOf =
  <T extends string>(known: readonly T[]): Read<T> =>
  (field) =>
    known.find((each) => each === field.value) ?? refuse(field, `one of ${known.join(', ')}`)

/** The items of a list, still untrusted. */
export function items(field: Field): Field[] {
  const { value, path, source } = field
  if (!Array.isArray(value)) return refuse(field, 'a list')
  return value.map((item: unknown, index) => ({ value: item, path: `${path}[${index}]`, source }))
}

export const list =
  <T>(read: Read<T>): Read<T[]> =>
  (field) =>
    items(field).map(read)

/** Two numbers, the second not below the first. */
export const interval: Read<readonly [number, number]> = (field) => {
  const [low, high, ...more] = list(number)(field)
  if (low === undefined || high === undefined || more.length > 0 || low > high)
    return refuse(field, 'two numbers, the lower first')
  return [low, high]
}

/** A table of anything of one type, by names that may be any. */
export const table =
  <T>(read: Read<T>): Read<Record<string, T>> =>
  (field) => {
    if (!isObject(field.value)) return refuse(field, 'an object')
    return Object.fromEntries(Object.keys(field.value).map((key) => [shown(key), read(at(field, key))]))
  }

/** What was parsed from JSON, whatever it is, its texts and keys as `text` and `name` have them. */
export const anything: Read<unknown> = (field) => {
  const { value } = field
  if (typeof value === 'string') return text(field)
  if (Array.isArray(value)) return items(field).map(anything)
  return isObject(value) ? table(anything)(field) : value
}

/** A field of an object that may be absent: an object with this one property, or none. */
export function optional<Key extends string, T>(field: Field, key: Key, read: Read<T>): { [Name in Key]?: T } {
  const inner = at(field, key)
  return inner.value === undefined ? {} : ({ [key]: read(inner) } as { [Name in Key]?: T })
}

/** Refuses a name that is shown as an earlier one is. */
export function checkDistinct(fields: readonly Field[]): void {
  const seen = new Set<string>()
  for (const field of fields) {
    const each = name(field)
    if (seen.has(each)) refuse(field, 'each only once')
    seen.add(each)
  }
}

/** Refuses a list of numbers that do not rise. */
export function checkAscending(field: Field, values: readonly number[]): void {
  const fall = values.findIndex((value, i) => i > 0 && value <= (values[i - 1] as number))
  if (fall > 0) refuse(field, `ascending numbers (${values[fall]} follows ${values[fall - 1]})`)
}
