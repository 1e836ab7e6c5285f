import { readFileSync } from 'node:fs'

interface Entry {
  readonly dtype: string
  readonly shape: number[]
  readonly data_offsets: [number, number]
}

/** The float32 tensors of a safetensors fixture by name (u64 length of the header, JSON header, values). */
export function readFloats(path: URL): (name: string) => Float32Array {
  const bytes = readFileSync(path)
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<string, Entry>
  return (name) => {
    const entry = header[name]
    if (entry?.dtype !== 'F32') throw new Error(`${name} is not a float32 tensor of ${path}`)
    const [start, end] = entry.data_offsets
    return new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + headerEnd + start, bytes.byteOffset + headerEnd + end),
    )
  }
}
