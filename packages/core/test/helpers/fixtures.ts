import { inject } from 'vitest'
import { environment } from '#environment'
import type { Shape } from '../../src/shape.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of PyTorch's values, beside the checkout, and whether it is there. */
    fixtures: { folder: string; present: boolean }
    continuousIntegration: boolean
  }
}

export interface FixtureTensor {
  readonly shape: Shape
  readonly data: Float32Array
}

/** One group of tensors that share a prefix in a fixture file, with its attributes. */
export interface Case {
  readonly name: string
  readonly attributes: Record<string, unknown>
  readonly tensors: Record<string, FixtureTensor>
}

interface Entry {
  readonly shape: number[]
  readonly data_offsets: [number, number]
}

/**
 * The cases of a fixture file, or none, with the reason printed, where the fixtures are absent.
 * Its header is u64 length and JSON (safetensors).
 * @throws Error when they are absent in continuous integration.
 */
export async function readCases(file: string): Promise<Case[]> {
  const { folder, present } = inject('fixtures')
  if (!present) {
    if (inject('continuousIntegration')) throw new Error(`${file}.safetensors is missing: no folder ${folder}`)
    console.warn(`skipped what needs ${file}.safetensors: no folder ${folder}`)
    return []
  }
  const bytes = await environment.readBytes(`${folder}${file}.safetensors`)
  const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd))) as Record<string, Entry>
  const { __metadata__: metadata, ...entries } = header as typeof header & { __metadata__: { cases: string } }
  const cases = JSON.parse(metadata.cases) as Record<string, Record<string, unknown>>
  return Object.entries(cases).map(([name, attributes]) => {
    const tensors: Record<string, FixtureTensor> = {}
    for (const [key, { shape, data_offsets }] of Object.entries(entries)) {
      if (!key.startsWith(`${name}/`)) continue
      const [start, end] = data_offsets.map((offset) => headerEnd + offset)
      tensors[key.slice(name.length + 1)] = { shape, data: new Float32Array(bytes.buffer.slice(start, end)) }
    }
    return { name, attributes, tensors }
  })
}
