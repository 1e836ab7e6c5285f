import { InputError, parsedJson, printable, quoted, shown } from '@noisescope/core'

/** Reads a value of a known form. @throws InputError saying where in the file something else stands. */
export type Check<T> = (value: unknown, where: string) => T

const refuse = (value: unknown, where: string, expected: string): never => {
  const found = value === undefined ? 'nothing' : quoted(value)
  throw new InputError(`${where} is ${found}; expected ${expected}`)
}

/** The most characters of a sentence. */
const SENTENCE = 2000

const exactText: Check<string> = (value, where) => (typeof value === 'string' ? value : refuse(value, where, 'a text'))

/** A name or short text, in one line of 200 characters at most, without control and direction characters. */
export const text: Check<string> = (value, where) => shown(exactText(value, where))

/** As `text`, but longer: ten lines at most. */
export const sentence: Check<string> = (value, where) => printable(exactText(value, where), { characters: SENTENCE })

/** Bytes as base64. */
export const base64: Check<string> = (value, where) =>
  typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? value : refuse(value, where, 'base64')

export const number: Check<number> = (value, where) =>
  Number.isFinite(value) ? (value as number) : refuse(value, where, 'a number')

export const flag: Check<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : refuse(value, where, 'true or false')

export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, where) =>
    value === null ? null : check(value, where)

/** What files of earlier versions do not have yet. */
export const orAbsent =
  <T>(check: Check<T>, absent: T): Check<T> =>
  (value, where) =>
    value === undefined ? absent : check(value, where)

export const list =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value, where) =>
    Array.isArray(value) ? value.map((each, i) => check(each, `${where}[${i}]`)) : refuse(value, where, 'a list')

/** An object with at least these entries; others are left out. */
export const record =
  <T extends Readonly<Record<string, unknown>>>(checks: { readonly [Name in keyof T]: Check<T[Name]> }): Check<T> =>
  (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(value, where, 'an object')
    const entries = Object.entries(checks).map(([name, check]) => [
      name,
      (check as Check<unknown>)((value as Record<string, unknown>)[name], `${where}.${name}`),
    ])
    return Object.fromEntries(entries) as T
  }

/** The value that a JSON text is. @throws InputError when it is none. */
export function parsed(json: string, name: string): unknown {
  return parsedJson(json, (finding) => {
    throw new InputError(`${name} ${finding}; open the study.json that noisescope study wrote`)
  })
}
