import { crc32, deflateSync } from 'node:zlib'

export interface PngParts {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colourType: number
  /** Rows of packed bytes, without the filter byte. */
  readonly rows: readonly (readonly number[])[]
  readonly palette?: readonly number[]
  readonly transparency?: readonly number[]
  readonly interlaced?: boolean
  /** Chunks of one's own between the header and the pixels. */
  readonly extra?: readonly Uint8Array[]
}

export function chunk(type: string, content: Uint8Array | readonly number[]): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Uint8Array.from(content)])
  return Buffer.concat([uint32(body.length - 4), body, uint32(crc32(body))])
}

export function header({ width, height, depth, colourType, interlaced = false }: Omit<PngParts, 'rows'>): Uint8Array {
  return chunk('IHDR', [...uint32(width), ...uint32(height), depth, colourType, 0, 0, interlaced ? 1 : 0])
}

export const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)
export const END = chunk('IEND', [])

/** Writes a PNG byte by byte, without the library that reads it. */
export function makePng(parts: PngParts): Uint8Array {
  const pixels = deflateSync(Uint8Array.from(parts.rows.flatMap((row) => [0, ...row])))
  const half = Math.ceil(pixels.length / 2)
  return Buffer.concat([
    SIGNATURE,
    header(parts),
    ...(parts.extra ?? []),
    ...(parts.palette ? [chunk('PLTE', parts.palette)] : []),
    ...(parts.transparency ? [chunk('tRNS', parts.transparency)] : []),
    chunk('IDAT', pixels.subarray(0, half)),
    chunk('IDAT', pixels.subarray(half)),
    END,
  ])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
