import { deflate, Inflate, Z_OK, Z_SYNC_FLUSH } from 'pako'
import { concatenate } from '../bytes.ts'
import { uprightExif } from '../exif.ts'
import {
  exchangedSides,
  type Metadata,
  type PngChunk,
  pixelsPerMetre,
  profileFor,
  type Resolution,
} from '../metadata.ts'
import { type Orientation, turnsSides } from '../orientation.ts'
import { uprightXmp } from '../xmp.ts'
import { crc32 } from './crc.ts'

/** Chunks that hold for whatever pixels there are, and are written again as they were read. */
const KEPT = new Set(['cHRM', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'tEXt', 'zTXt', 'iTXt'])
/** Chunks that say nothing of a denoised picture and that nobody misses: of its former samples, palette, and time. */
const SILENT = new Set(['sBIT', 'hIST', 'sPLT', 'tIME', 'bKGD'])
const ANIMATION = new Set(['acTL', 'fcTL', 'fdAT'])

/** A profile longer than this is none; printers' have about 1 MiB. */
const MAXIMUM_PROFILE = 8 * 2 ** 20
const PROFILE_STEP = 4 * 1024
/** gAMA counts in hundred-thousandths (PNG specification, 11.3.2.2). */
const GAMMA_UNIT = 1e5
const XMP_KEYWORD = 'XML:com.adobe.xmp'
/** Keyword, no compression, method, empty language and translated keyword (PNG specification, 11.3.3.4). */
const XMP_HEADING = `${XMP_KEYWORD}\0\0\0\0\0`

/** What the chunks of a PNG say of the picture after it was turned upright. */
export function metadataOf(chunks: readonly PngChunk[], channels: 1 | 3, orientation: Orientation): Metadata {
  const dropped = new Set<string>()
  const kept: PngChunk[] = []
  const found: { -readonly [Key in keyof Metadata]: Metadata[Key] } = { dropped: [] }
  for (const { type, data } of chunks) {
    if (type === 'iCCP') {
      const profile = unpackedProfile(data)
      const verdict = profile === undefined ? { dropped: 'damaged colour profile' } : profileFor(profile, channels)
      if ('dropped' in verdict) dropped.add(verdict.dropped)
      else found.colourProfile ??= verdict.colourProfile
    } else if (type === 'gAMA' && data.length === 4) found.gamma ??= uint32(data, 0) / GAMMA_UNIT
    else if (type === 'pHYs' && data.length === 9) found.resolution ??= resolutionOf(data, orientation)
    else if (type === 'eXIf') found.exif ??= uprightExif(data)
    else if (type === 'iTXt' && startsWith(data, XMP_HEADING))
      found.xmp ??= uprightXmp(data.subarray(XMP_HEADING.length))
    else if (KEPT.has(type)) kept.push({ type, data })
    else if (ANIMATION.has(type)) dropped.add('animation (its first picture is used)')
    else if (!SILENT.has(type)) dropped.add(/^[A-Za-z]{4}$/.test(type) ? `chunk ${type}` : 'an unknown chunk')
  }
  return { ...found, ...(kept.length > 0 ? { pngChunks: kept } : {}), dropped: [...dropped] }
}

const uint32 = (data: Uint8Array, at: number): number =>
  new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(at)

const startsWith = (data: Uint8Array, letters: string): boolean =>
  String.fromCharCode(...data.subarray(0, letters.length)) === letters

function resolutionOf(data: Uint8Array, orientation: Orientation): Resolution {
  const resolution: Resolution = { x: uint32(data, 0), y: uint32(data, 4), unit: data[8] === 1 ? 'metre' : 'ratio' }
  return turnsSides(orientation) ? exchangedSides(resolution) : resolution
}

/** The profile of iCCP: a name, zero, a method, and the profile deflated; undefined where it is damaged or without end. */
function unpackedProfile(data: Uint8Array): Uint8Array | undefined {
  const end = data.indexOf(0)
  if (end < 1 || data[end + 1] !== 0) return undefined
  const parts: Uint8Array[] = []
  let length = 0
  const inflater = new Inflate({ windowBits: 15 })
  inflater.onData = (part) => {
    length += part.length
    parts.push(part)
  }
  const packed = data.subarray(end + 2)
  for (let at = 0; at < packed.length && !inflater.ended && length <= MAXIMUM_PROFILE; at += PROFILE_STEP) {
    inflater.push(packed.subarray(at, at + PROFILE_STEP), Z_SYNC_FLUSH)
  }
  return inflater.ended && inflater.err === Z_OK && length <= MAXIMUM_PROFILE ? concatenate(parts) : undefined
}

/** The chunks that say the same of a picture. */
export function chunksFor({ colourProfile, gamma, resolution, exif, xmp, pngChunks = [] }: Metadata): PngChunk[] {
  const chunks: PngChunk[] = []
  // sRGB and iCCP exclude each other; readers take what comes first.
  if (colourProfile !== undefined) {
    chunks.push({ type: 'iCCP', data: concatenate([latin1('profile\0\0'), deflate(colourProfile)]) })
  }
  if (gamma !== undefined) chunks.push({ type: 'gAMA', data: uint32s(Math.round(gamma * GAMMA_UNIT)) })
  const metres = resolution && pixelsPerMetre(resolution)
  if (resolution !== undefined) {
    const { x, y } = metres ?? resolution
    const unit = metres === undefined ? 0 : 1
    chunks.push({ type: 'pHYs', data: concatenate([uint32s(Math.round(x), Math.round(y)), Uint8Array.of(unit)]) })
  }
  if (exif !== undefined) chunks.push({ type: 'eXIf', data: exif })
  if (xmp !== undefined) chunks.push({ type: 'iTXt', data: concatenate([latin1(XMP_HEADING), xmp]) })
  return [...chunks, ...pngChunks]
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

function uint32s(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value)
  return bytes
}

/** Signature, and the header as a chunk. */
const HEAD_LENGTH = 8 + 12 + 13

/** Puts chunks behind the header of a PNG. */
export function withChunks(png: Uint8Array, chunks: readonly PngChunk[]): Uint8Array<ArrayBuffer> {
  const written = chunks.map(({ type, data }) => {
    const named = concatenate([latin1(type), data])
    return concatenate([uint32s(data.length), named, uint32s(crc32(named))])
  })
  return concatenate([png.subarray(0, HEAD_LENGTH), ...written, png.subarray(HEAD_LENGTH)])
}
