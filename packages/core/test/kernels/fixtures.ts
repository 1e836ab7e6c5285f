import { existsSync, readFileSync } from 'node:fs'
import type { Values } from '../../src/reference/values.ts'

interface Entry {
  readonly shape: number[]
  readonly data_offsets: [number, number]
}

/** PyTorch's values: the copy in the repository, or the original beside it. */
const PLACES = ['../../../../test/fixtures/ops.safetensors', '../../../../../shared/fixtures/ops.safetensors'].map(
  (place) => new URL(place, import.meta.url),
)

/**
 * Tensors of fixtures/ops.safetensors by name, or undefined, with the reason printed, where the file is absent.
 * @throws Error when it is absent in continuous integration.
 */
export function opFixtures(): ((name: string) => Values) | undefined {
  const path = PLACES.find((place) => existsSync(place))
  if (!path) {
    if (process.env.CI === 'true') throw new Error(`ops.safetensors is in none of ${PLACES.join(', ')}`)
    console.warn('skipping the comparison with PyTorch: ops.safetensors is not here')
    return undefined
  }
  const bytes = readFileSync(path)
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<string, Entry>
  return (name) => {
    const entry = header[name]
    if (!entry) throw new Error(`no tensor ${name} in ${path}`)
    const [start, end] = entry.data_offsets
    const floats = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + headerEnd + start, bytes.byteOffset + headerEnd + end),
    )
    return { shape: entry.shape, data: Float64Array.from(floats) }
  }
}
