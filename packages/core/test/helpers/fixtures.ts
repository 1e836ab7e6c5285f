import { existsSync, readFileSync } from 'node:fs'
import type { Shape } from '../../src/shape.ts'

/** One group of tensors that share a prefix in a fixture file, with its attributes. */
export interface Case {
  readonly name: string
  readonly attributes: Record<string, unknown>
  readonly tensors: Record<string, { shape: Shape; data: Float32Array }>
}

/** Where PyTorch's values lie: beside the checkout. */
const FOLDER = new URL('../../../../../shared/fixtures/', import.meta.url)

/** Whether the fixtures are there; in CI their absence is a failure, elsewhere the reason is printed. */
export function fixturesPresent(): boolean {
  const present = existsSync(FOLDER)
  if (!present && process.env.CI) throw new Error(`the fixtures are missing: ${FOLDER.pathname}`)
  if (!present) console.warn(`skipped: no fixtures at ${FOLDER.pathname}`)
  return present
}

/** The cases of a fixture file. Its header is u64 length and JSON (safetensors). */
export function readCases(file: string): Case[] {
  const bytes = readFileSync(new URL(`${file}.safetensors`, FOLDER))
  const headerLength = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >
  const { __metadata__: metadata, ...entries } = header as typeof header & { __metadata__: { cases: string } }
  const cases = JSON.parse(metadata.cases) as Record<string, Record<string, unknown>>
  return Object.entries(cases).map(([name, attributes]) => {
    const tensors: Case['tensors'] = {}
    for (const [
      key,
      {
        shape,
        data_offsets: [start, end],
      },
    ] of Object.entries(entries)) {
      if (!key.startsWith(`${name}/`)) continue
      const own = bytes.subarray(8 + headerLength + start, 8 + headerLength + end)
      tensors[key.slice(name.length + 1)] = {
        shape,
        data: new Float32Array(own.buffer.slice(own.byteOffset, own.byteOffset + own.byteLength)),
      }
    }
    return { name, attributes, tensors }
  })
}
