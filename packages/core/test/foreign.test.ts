import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError, parsedJson, printable, quoted, shown } from '../src/index.ts'

/** What a terminal or page may act upon: all of C0 and C1 but line ends and tabs, marks of direction, half pairs. */
const ACTS = /(?![\n\t])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/u

const anyText = fc.string({ unit: 'binary', maxLength: 400 })

describe('a text from outside', () => {
  it('has no character that a terminal or page acts upon, and neither more characters nor more lines than allowed', () => {
    fc.assert(
      fc.property(anyText, fc.nat(50), fc.nat(5), (text, characters, lines) => {
        const result = printable(text, { characters: characters + 1, lines: lines + 1 })
        expect(result).not.toMatch(ACTS)
        expect([...result].length).toBeLessThanOrEqual(characters + 1)
        expect(result.split('\n').length).toBeLessThanOrEqual(lines + 1)
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  it('loses nothing else: scripts, joined emoji, accents and lines stay', () => {
    const text = 'Füße\n日本語\tعربى 👩‍👧 e\u0301'
    expect(printable(text)).toBe(text)
    expect(printable('\x1b[31mred\x1b[0m\x9b2J\u202egnp.exe')).toBe('[31mred[0m2Jgnp.exe')
  })

  it('is cut at 200 characters and 10 lines, between characters', () => {
    expect(printable('x'.repeat(201))).toBe(`${'x'.repeat(199)}…`)
    expect([...printable('👩'.repeat(201))]).toHaveLength(200)
    expect(printable('👩'.repeat(200))).toBe('👩'.repeat(200))
    expect(printable('a\n'.repeat(50)).split('\n')).toHaveLength(10)
  })

  it('as a name stands in one line, whatever it is and however deep', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.jsonValue(), fc.anything()), (value) => {
        for (const text of [shown(value), quoted(value)]) expect(text).toMatch(/^[^\n]{0,202}$/u)
      }),
      { seed: 1, numRuns: 500 },
    )
    expect(shown(JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`))).toBe('[[[[…]]]]')
    expect(shown({ toString: 1, valueOf: 1 })).toBe('{"toString":1,"valueOf":1}')
    expect(shown('a\r\nerror: b\u2028c')).toBe('a error: b c')
    expect(quoted('')).toBe('""')
    expect(quoted([1, 'a'])).toBe('[1,"a"]')
  })
})

it('the message of an error of ours quotes nothing that a terminal acts upon, in ten lines at most', () => {
  const { message } = new InputError(`a\x1b[2J\n${'b\n'.repeat(30)}${'c'.repeat(1e6)}`)
  expect(message).not.toMatch(ACTS)
  expect(message.split('\n')).toHaveLength(10)
  expect(message.length).toBeLessThanOrEqual(2000)
  const { message: quoting } = new InputError(`the layer ${'👩'.repeat(120)}${'x'.repeat(1e6)}end has no name`)
  expect(quoting).toBe(`the layer ${'👩'.repeat(120)}…${'x'.repeat(76)}end has no name`)
})

describe('JSON from outside', () => {
  const read = (json: string | Uint8Array) =>
    parsedJson(json, (finding) => {
      throw new InputError(finding)
    })

  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (json) => {
        expect(read(json)).toEqual(JSON.parse(json))
        expect(read(new TextEncoder().encode(json))).toEqual(JSON.parse(json))
      }),
      { seed: 1, numRuns: 500 },
    )
    expect(read(`["${'[{'.repeat(1000)}\\"[["]`)).toHaveLength(1)
    expect(read(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeDefined()
  })

  it('is refused in words when it nests deeper than any file does, is none, or no text', () => {
    expect(() => read(`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`)).toThrow('nests more than 100 levels deep')
    expect(() => read(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`)).toThrow('nests more than 100 levels deep')
    for (const json of ['', '{', '[1,]', `"${'\\"'.repeat(1e5)}`]) expect(() => read(json)).toThrow('is not JSON')
    expect(() => read(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('is not text in UTF-8')
  })
})
