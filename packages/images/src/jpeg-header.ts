import { InputError } from '@noisescope/core'

/** What a JPEG's frame header says, and how the picture is to be turned. */
export interface JpegOutline {
  readonly width: number
  readonly height: number
  readonly components: number
  /** EXIF orientation, 1 (upright) to 8. */
  readonly orientation: number
}

const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const APP1 = 0xe1
/** Baseline, extended and progressive, Huffman coded; the others (lossless, arithmetic) are not decoded. */
const DECODED_FRAMES = new Set([0xc0, 0xc1, 0xc2])
/** Markers from 0xc0 to 0xcf that do not start a frame: Huffman tables, an extension, arithmetic conditioning. */
const NOT_FRAMES = new Set([0xc4, 0xc8, 0xcc])

/**
 * Reads a JPEG's segments up to its first scan.
 *
 * @throws InputError if there is no frame header, or one of a kind that is not decoded
 */
export function outlineJpeg(bytes: Uint8Array, name: string): JpegOutline {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let orientation = 1
  for (let offset = 2; offset + 4 <= bytes.length && bytes[offset] === 0xff; ) {
    const marker = view.getUint8(offset + 1)
    if (marker === 0xff) {
      offset += 1
      continue
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) break
    const length = view.getUint16(offset + 2)
    const segment = bytes.subarray(offset + 4, offset + 2 + length)
    if (marker === APP1) orientation = readOrientation(segment) ?? orientation
    if (marker >= 0xc0 && marker <= 0xcf && !NOT_FRAMES.has(marker)) {
      return { ...readFrame(marker, segment, name), orientation }
    }
    offset += 2 + length
  }
  throw new InputError(`${name} is a truncated or damaged JPEG: it says nothing of its size`)
}

function readFrame(marker: number, segment: Uint8Array, name: string): Omit<JpegOutline, 'orientation'> {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, components = 0] = segment
  if (!DECODED_FRAMES.has(marker) || precision !== 8) {
    throw new InputError(
      `${name} is a JPEG of a rare kind (lossless, arithmetic or ${precision} bits);` +
        ' save it as an ordinary JPEG or PNG',
    )
  }
  return { width: widthHigh * 256 + widthLow, height: heightHigh * 256 + heightLow, components }
}

const EXIF_MAGIC = [0x45, 0x78, 0x69, 0x66, 0, 0]
const TIFF_LITTLE_ENDIAN = 0x4949
const ORIENTATION_TAG = 0x0112
const TIFF_ENTRY_LENGTH = 12

/** Finds the orientation in an EXIF segment (EXIF 2.3, tag 0x0112 of the first directory), if it is there. */
function readOrientation(segment: Uint8Array): number | undefined {
  if (!EXIF_MAGIC.every((byte, index) => segment[index] === byte)) return undefined
  const tiff = segment.subarray(EXIF_MAGIC.length)
  if (tiff.length < 8) return undefined
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const littleEndian = view.getUint16(0) === TIFF_LITTLE_ENDIAN
  const directory = view.getUint32(4, littleEndian)
  if (directory + 2 > tiff.length) return undefined
  const entries = view.getUint16(directory, littleEndian)
  for (let entry = 0; entry < entries; entry++) {
    const offset = directory + 2 + entry * TIFF_ENTRY_LENGTH
    if (offset + TIFF_ENTRY_LENGTH > tiff.length) return undefined
    if (view.getUint16(offset, littleEndian) !== ORIENTATION_TAG) continue
    const orientation = view.getUint16(offset + 8, littleEndian)
    return orientation >= 1 && orientation <= 8 ? orientation : undefined
  }
  return undefined
}
