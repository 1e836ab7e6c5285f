import { InputError } from '@noisescope/core'

/** What a PNG's header says, and the file without the chunks that its pixels do not need. */
export interface PngOutline {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  readonly samplesPerPixel: number
  readonly isPalette: boolean
  readonly isInterlaced: boolean
  /** Parts of the zlib stream of the pixels. */
  readonly compressed: readonly Uint8Array[]
  /** A PNG of the signature and only the chunks IHDR, PLTE, tRNS, IDAT and IEND. */
  readonly essential: Uint8Array<ArrayBuffer>
}

const SIGNATURE_LENGTH = 8
const IHDR_LENGTH = 13
/** Length, type and checksum around a chunk's content. */
const CHUNK_OVERHEAD = 12
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])
const PALETTE_TYPE = 3
/** Samples a pixel and allowed bit depths by colour type (PNG specification, table 12). */
const COLOUR_TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  [PALETTE_TYPE]: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
}

/**
 * Walks over a PNG's chunks without unpacking any.
 *
 * Text, colour profiles and the like are left out of `essential`, since a decoder could trip over them or unpack them
 * without bound.
 *
 * @throws InputError if a chunk runs beyond the end, the header is missing, doubled or wrong, or there are no pixels
 */
export function outlinePng(bytes: Uint8Array, name: string): PngOutline {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_LENGTH)]
  const compressed: Uint8Array[] = []
  let header: Header | undefined
  let type = ''
  for (let offset = SIGNATURE_LENGTH; type !== 'IEND'; ) {
    const length = offset + CHUNK_OVERHEAD <= bytes.length ? view.getUint32(offset) : Infinity
    const end = offset + CHUNK_OVERHEAD + length
    if (end > bytes.length) throw new InputError(`${name} is a truncated PNG: it ends before its last chunk does`)
    type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8))
    if ((type === 'IHDR') !== (header === undefined)) {
      throw new InputError(`${name} is a broken PNG: one header is expected, before everything else`)
    }
    header ??= readHeader(view, offset + 8, length, name)
    if (KEPT.has(type)) kept.push(bytes.subarray(offset, end))
    if (type === 'IDAT') compressed.push(bytes.subarray(offset + 8, offset + 8 + length))
    offset = end
  }
  if (header === undefined || compressed.length === 0) throw new InputError(`${name} is a PNG without pixels`)
  return { ...header, compressed, essential: concatenate(kept) }
}

type Header = Omit<PngOutline, 'compressed' | 'essential'>

function readHeader(view: DataView, offset: number, length: number, name: string): Header {
  if (length !== IHDR_LENGTH) throw new InputError(`${name} is a broken PNG: its header has ${length} bytes, not 13`)
  const bitDepth = view.getUint8(offset + 8)
  const colourType = view.getUint8(offset + 9)
  const known = COLOUR_TYPES[colourType]
  if (known === undefined || !known.depths.includes(bitDepth)) {
    throw new InputError(`${name} is a broken PNG: colour type ${colourType} with ${bitDepth} bits does not exist`)
  }
  return {
    width: view.getUint32(offset),
    height: view.getUint32(offset + 4),
    bitDepth,
    samplesPerPixel: known.samples,
    isPalette: colourType === PALETTE_TYPE,
    isInterlaced: view.getUint8(offset + 12) !== 0,
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
