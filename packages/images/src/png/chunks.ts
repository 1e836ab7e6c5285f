import { InputError } from '@noisescope/core'
import type { PngChunk } from '../metadata.ts'
import { crc32 } from './crc.ts'

/** What a PNG's chunks say, nothing of them unpacked. */
export interface PngOutline {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  readonly samplesPerPixel: number
  readonly isPalette: boolean
  readonly isInterlaced: boolean
  /** Red, green and blue of each colour of the palette. */
  readonly palette?: Uint8Array
  /** What tRNS says: opacities of the palette's first colours, or the samples of the transparent colour. */
  readonly transparency?: Uint8Array
  /** Parts of the zlib stream of the pixels. */
  readonly compressed: readonly Uint8Array[]
  /** All chunks that are not of the pixels, in their order; damaged ones are left out, as libpng does. */
  readonly further: readonly PngChunk[]
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const IHDR_LENGTH = 13
/** Length, type and checksum around a chunk's content. */
const CHUNK_OVERHEAD = 12
const PALETTE_TYPE = 3
const MAXIMUM_PALETTE_BYTES = 3 * 256
/** Samples a pixel and allowed bit depths by colour type (PNG specification, table 12). */
const COLOUR_TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  [PALETTE_TYPE]: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
}

/** Whether a file starts as a PNG does. */
export const hasPngSignature = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte)

/** Whether a decoder must know a chunk to show the picture: its first letter is a capital. */
const isCritical = (type: string): boolean => type.charCodeAt(0) < 0x60

/**
 * Walks over a PNG's chunks and checks their sums.
 *
 * @throws InputError if a chunk runs beyond the end, one that the pixels need is damaged or unknown, the header is missing,
 *   doubled or wrong, or there are no pixels
 */
export function outlinePng(bytes: Uint8Array, name: string): PngOutline {
  const compressed: Uint8Array[] = []
  const further: PngChunk[] = []
  let header: Header | undefined
  let palette: Uint8Array | undefined
  let transparency: Uint8Array | undefined
  let pixelsHaveEnded = false
  for (const { type, data, isIntact } of chunksOf(bytes, name)) {
    if ((type === 'IHDR') !== (header === undefined)) {
      throw new InputError(`${name} is a broken PNG: one header is expected, before everything else`)
    }
    if (!isIntact && isCritical(type)) throw new InputError(`${name} is a damaged PNG (the sum of ${type} is wrong)`)
    header ??= readHeader(data, name)
    // Pixels lie in chunks in a row; what comes after another chunk is passed over.
    if (compressed.length > 0 && type !== 'IDAT') pixelsHaveEnded = true
    if (!isIntact) continue
    switch (type) {
      case 'IHDR':
      case 'IEND':
        break
      case 'IDAT':
        if (!pixelsHaveEnded) compressed.push(data)
        break
      case 'PLTE':
        if (
          data.length % 3 !== 0 ||
          data.length === 0 ||
          data.length > MAXIMUM_PALETTE_BYTES ||
          palette !== undefined
        ) {
          throw new InputError(`${name} is a damaged PNG (its palette is of ${data.length} bytes, or not the only one)`)
        }
        if (compressed.length === 0) palette = data
        break
      case 'tRNS':
        if (compressed.length === 0) transparency ??= data
        break
      default:
        if (isCritical(type))
          throw new InputError(`${name} is a PNG with a chunk ${printable(type)}, which is not known`)
        further.push({ type, data })
    }
  }
  if (header === undefined || compressed.length === 0) throw new InputError(`${name} is a PNG without pixels`)
  if (header.isPalette && palette === undefined) throw new InputError(`${name} is a damaged PNG (it has no palette)`)
  return {
    ...header,
    ...(header.isPalette && palette !== undefined ? { palette } : {}),
    ...(transparency !== undefined && isTransparency(transparency, header, palette) ? { transparency } : {}),
    compressed,
    further,
  }
}

const printable = (type: string): string => (/^[A-Za-z]{4}$/.test(type) ? type : 'without a name')

/** A tRNS of another length than its colour type asks for says nothing, as in libpng. */
function isTransparency(data: Uint8Array, header: Header, palette: Uint8Array | undefined): boolean {
  if (header.isPalette) return data.length > 0 && palette !== undefined && data.length <= palette.length / 3
  return data.length === 2 * header.samplesPerPixel && header.samplesPerPixel % 2 === 1
}

interface ReadChunk extends PngChunk {
  readonly isIntact: boolean
}

function* chunksOf(bytes: Uint8Array, name: string): Generator<ReadChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let type = ''
  for (let at = SIGNATURE.length; type !== 'IEND'; ) {
    const length = at + CHUNK_OVERHEAD <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY
    const end = at + CHUNK_OVERHEAD + length
    if (end > bytes.length) throw new InputError(`${name} is a truncated PNG: it ends before its last chunk does`)
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const isIntact = crc32(bytes.subarray(at + 4, end - 4)) === view.getUint32(end - 4)
    yield { type, data: bytes.subarray(at + 8, end - 4), isIntact }
    at = end
  }
}

type Header = Omit<PngOutline, 'compressed' | 'further' | 'palette' | 'transparency'>

function readHeader(data: Uint8Array, name: string): Header {
  if (data.length !== IHDR_LENGTH) {
    throw new InputError(`${name} is a broken PNG: its header has ${data.length} bytes, not ${IHDR_LENGTH}`)
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const [bitDepth, colourType, compression, filter, interlace] = [8, 9, 10, 11, 12].map((at) => view.getUint8(at))
  const known = COLOUR_TYPES[colourType as number]
  if (known === undefined || !known.depths.includes(bitDepth as number)) {
    throw new InputError(`${name} is a broken PNG: colour type ${colourType} with ${bitDepth} bits does not exist`)
  }
  if (compression !== 0 || filter !== 0 || (interlace as number) > 1) {
    throw new InputError(
      `${name} is a broken PNG: compression ${compression}, filter ${filter} or interlacing ${interlace} does not exist`,
    )
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    bitDepth: bitDepth as number,
    samplesPerPixel: known.samples,
    isPalette: colourType === PALETTE_TYPE,
    isInterlaced: interlace === 1,
  }
}
