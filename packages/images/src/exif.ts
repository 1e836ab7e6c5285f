import { type Orientation, turnsSides } from './orientation.ts'

const LITTLE_ENDIAN = 0x4949
const BIG_ENDIAN = 0x4d4d
const TIFF_MAGIC = 42
const ENTRY_LENGTH = 12

const TAG = {
  imageWidth: 0x0100,
  imageLength: 0x0101,
  orientation: 0x0112,
  xResolution: 0x011a,
  yResolution: 0x011b,
  thumbnailOffset: 0x0201,
  thumbnailLength: 0x0202,
  exifDirectory: 0x8769,
  pixelXDimension: 0xa002,
  pixelYDimension: 0xa003,
} as const

/** Bytes a value of each TIFF type takes (TIFF 6.0, section 2); BYTE, SHORT and LONG hold whole numbers. */
const SHORT = 3
const LONG = 4

interface Entry {
  /** Where the twelve bytes of the entry start. */
  readonly offset: number
  readonly tag: number
  readonly type: number
}

interface Directory {
  readonly entries: readonly Entry[]
  /** Where the offset of the next directory stands. */
  readonly next: number
}

/** An EXIF block as a TIFF structure, its numbers in their byte order. */
interface Tiff {
  readonly view: DataView
  readonly isLittleEndian: boolean
}

function openTiff(bytes: Uint8Array): Tiff | undefined {
  if (bytes.length < 8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const order = view.getUint16(0)
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) return undefined
  const isLittleEndian = order === LITTLE_ENDIAN
  return view.getUint16(2, isLittleEndian) === TIFF_MAGIC ? { view, isLittleEndian } : undefined
}

/** The entries of a directory that lie within the block; undefined where its count does not. */
function directoryAt({ view, isLittleEndian }: Tiff, offset: number): Directory | undefined {
  if (offset < 8 || offset + 2 > view.byteLength) return undefined
  const count = view.getUint16(offset, isLittleEndian)
  const whole = Math.min(count, Math.floor((view.byteLength - offset - 2) / ENTRY_LENGTH))
  const entries = Array.from({ length: whole }, (_, i): Entry => {
    const at = offset + 2 + i * ENTRY_LENGTH
    return { offset: at, tag: view.getUint16(at, isLittleEndian), type: view.getUint16(at + 2, isLittleEndian) }
  })
  return { entries, next: offset + 2 + count * ENTRY_LENGTH }
}

const firstDirectory = (tiff: Tiff): Directory | undefined =>
  directoryAt(tiff, tiff.view.getUint32(4, tiff.isLittleEndian))

const find = (directory: Directory | undefined, tag: number): Entry | undefined =>
  directory?.entries.find((entry) => entry.tag === tag)

/** The first whole number of an entry that holds SHORTs or LONGs in place; cameras write either. */
function numberOf({ view, isLittleEndian }: Tiff, entry: Entry | undefined): number | undefined {
  if (entry?.type === SHORT) return view.getUint16(entry.offset + 8, isLittleEndian)
  return entry?.type === LONG ? view.getUint32(entry.offset + 8, isLittleEndian) : undefined
}

function setNumber({ view, isLittleEndian }: Tiff, entry: Entry, value: number): void {
  if (entry.type === SHORT) view.setUint16(entry.offset + 8, value, isLittleEndian)
  else view.setUint32(entry.offset + 8, value, isLittleEndian)
}

/** The orientation that an EXIF block gives, 1 where it gives none or one that does not exist. */
export function orientationOf(exif: Uint8Array): Orientation {
  const tiff = openTiff(exif)
  const value = tiff && numberOf(tiff, find(firstDirectory(tiff), TAG.orientation))
  return value !== undefined && value >= 1 && value <= 8 ? (value as Orientation) : 1
}

/**
 * The EXIF block for the picture after it was turned upright: orientation 1, widths and heights exchanged where the sides were,
 * and no thumbnail, since it shows what the picture was before.
 */
export function uprightExif(exif: Uint8Array): Uint8Array {
  const orientation = orientationOf(exif)
  const copy = exif.slice()
  const tiff = openTiff(copy)
  const first = tiff && firstDirectory(tiff)
  if (tiff === undefined || first === undefined) return copy
  const entry = find(first, TAG.orientation)
  if (entry !== undefined && numberOf(tiff, entry) !== undefined) setNumber(tiff, entry, 1)
  if (turnsSides(orientation)) exchangeSides(tiff, first)
  return withoutThumbnail(tiff, first, copy)
}

function exchangeSides(tiff: Tiff, first: Directory): void {
  exchange(tiff, first, TAG.imageWidth, TAG.imageLength)
  exchange(tiff, first, TAG.xResolution, TAG.yResolution)
  const exif = numberOf(tiff, find(first, TAG.exifDirectory))
  const second = exif === undefined ? undefined : directoryAt(tiff, exif)
  if (second !== undefined) exchange(tiff, second, TAG.pixelXDimension, TAG.pixelYDimension)
}

/** Exchanges types, counts and values (or where these lie) of two entries. */
function exchange({ view }: Tiff, directory: Directory, one: number, other: number): void {
  const [a, b] = [find(directory, one), find(directory, other)]
  if (a === undefined || b === undefined) return
  for (let i = 2; i < ENTRY_LENGTH; i++) {
    const byte = view.getUint8(a.offset + i)
    view.setUint8(a.offset + i, view.getUint8(b.offset + i))
    view.setUint8(b.offset + i, byte)
  }
}

/** Unlinks the second directory, which describes the thumbnail, and blanks the thumbnail's bytes; cuts them off at the end. */
function withoutThumbnail(tiff: Tiff, first: Directory, bytes: Uint8Array): Uint8Array {
  const { view, isLittleEndian } = tiff
  if (first.next + 4 > bytes.length) return bytes
  const second = directoryAt(tiff, view.getUint32(first.next, isLittleEndian))
  view.setUint32(first.next, 0, isLittleEndian)
  const offset = numberOf(tiff, find(second, TAG.thumbnailOffset))
  const length = numberOf(tiff, find(second, TAG.thumbnailLength))
  if (offset === undefined || length === undefined || offset < first.next + 4 || offset + length > bytes.length)
    return bytes
  if (offset + length === bytes.length) return bytes.subarray(0, offset)
  bytes.fill(0, offset, offset + length)
  return bytes
}
