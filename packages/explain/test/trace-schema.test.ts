import { readFileSync } from 'node:fs'
import { InputError } from '@noisescope/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { readTrace, writeTrace } from '../src/trace/index.ts'
import { close, example, open, type Place, replaced, smallest } from './trace-example.ts'

const schema = JSON.parse(readFileSync(new URL('../schema/trace-1.schema.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: false }).compile(schema)

/** Everything within a JSON value, itself included. */
function* places(value: unknown, place: Place = []): Generator<{ place: Place; value: unknown }> {
  yield { place, value }
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* places(item, [...place, i])
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* places(item, [...place, key])
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const written = (['float32', 'uint8'] as const).map((activations) => open(writeTrace(example, { activations })))

/** Whether the reader takes the document with the tensors of the file; any other error than its own fails the test. */
function reads(opened: (typeof written)[number], document: unknown): boolean {
  try {
    readTrace(close({ ...opened, document }), 'test')
    return true
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return false
  }
}

/** Every mutation of both documents that schema and reader judge differently, in words. */
function disagreements(mutate: (value: unknown, key: string | number | undefined) => readonly unknown[]) {
  const found: string[] = []
  const refused = { count: 0, of: 0 }
  for (const opened of written) {
    for (const { place, value } of places(opened.document)) {
      for (const mutated of mutate(value, place.at(-1))) {
        const document = replaced(opened.document, place, mutated)
        const [bySchema, byReader] = [accepts(document), reads(opened, document)]
        refused.of++
        if (!bySchema) refused.count++
        if (bySchema !== byReader)
          found.push(`${place.join('.')} = ${JSON.stringify(mutated)}: schema ${bySchema}, reader ${byReader}`)
      }
    }
  }
  return { found, refused }
}

describe('the JSON schema of traces', () => {
  it('describes what is written', () => {
    for (const trace of [example, smallest]) {
      for (const activations of ['float32', 'uint8'] as const) {
        accepts(open(writeTrace(trace, { activations })).document)
        expect(accepts.errors).toBeNull()
      }
    }
  })

  it('has every property that is written, so that none is without a description', () => {
    const known = new Set<string>()
    for (const { place } of places(schema)) if (place.at(-2) === 'properties') known.add(String(place.at(-1)))
    const tables = ['options', 'settings', 'numbers', 'values']
    for (const { place } of places(written[1]?.document)) {
      if (place.some((step, i) => tables.includes(String(step)) && i < place.length - 1)) continue
      const key = place.at(-1)
      if (typeof key === 'string') expect(known, place.join('.')).toContain(key)
    }
  })

  it('and the reader agree on every field that is left out', () => {
    const { found, refused } = disagreements((_, key) => (typeof key === 'string' ? [undefined] : []))
    expect(found).toEqual([])
    expect(refused.count).toBeGreaterThan(100)
  })

  it('and the reader agree on every field of another type', () => {
    const others = [null, true, 7, 'text', [], {}]
    const { found, refused } = disagreements((value) => others.filter((other) => typeOf(other) !== typeOf(value)))
    expect(found).toEqual([])
    expect(refused.count).toBeGreaterThan(1000)
  })

  it('refuses no value of the right type that the reader takes', () => {
    const odd: Record<string, readonly unknown[]> = {
      number: [-1, 0, 0.5, 2 ** 60, -0.5],
      string: ['', 'input', 'other'],
      array: [[], [1], [2, 1], [1, 2, 3], [1, 2, 3, 4], [0, 0], [0, 0, 0], ['a']],
      object: [{}],
    }
    const { found, refused } = disagreements((value) => odd[typeOf(value)] ?? [])
    expect(found.filter((each) => each.endsWith('schema false, reader true'))).toEqual([])
    expect(refused.count).toBeGreaterThan(500)
  })
})
