import { concatenate } from '../bytes.ts'
import { orientationOf, uprightExif } from '../exif.ts'
import { exchangedSides, type Metadata, profileFor, type Resolution } from '../metadata.ts'
import { type Orientation, turnsSides } from '../orientation.ts'
import { uprightXmp } from '../xmp.ts'

const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const APP0 = 0xe0
const APP1 = 0xe1
const APP2 = 0xe2
const APP13 = 0xed
const APP14 = 0xee
const COMMENT = 0xfe
/** Markers without a length: TEM, and the restarts. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

const JFIF = 'JFIF\0'
const EXIF = 'Exif\0\0'
const XMP = 'http://ns.adobe.com/xap/1.0/\0'
const ICC = 'ICC_PROFILE\0'
const MPF = 'MPF\0'
/** The two bytes of its length count themselves. */
const MAXIMUM_CONTENT = 65533
/** Number and count of an ICC profile's parts stand behind its name. */
const ICC_PART = ICC.length + 2

interface Segment {
  readonly marker: number
  readonly content: Uint8Array
}

/** The segments before a JPEG's first scan; bytes between them that belong to none are passed over, as libjpeg does. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; ; ) {
    at = bytes.indexOf(0xff, at)
    while (at >= 0 && bytes[at + 1] === 0xff) at++
    if (at < 0 || at + 4 > bytes.length) return
    const marker = view.getUint8(at + 1)
    if (marker === 0 || isBare(marker)) {
      at += 2
      continue
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return
    const length = view.getUint16(at + 2)
    yield { marker, content: bytes.subarray(at + 4, at + 2 + length) }
    at += 2 + length
  }
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const startsWith = (bytes: Uint8Array, letters: string): boolean =>
  latin1(bytes.subarray(0, letters.length)) === letters

/** What a JPEG's segments say beside the picture, as they stand. */
export interface JpegSegments {
  readonly orientation: Orientation
  readonly exif?: Uint8Array
  readonly xmp?: Uint8Array
  readonly profile?: Uint8Array
  readonly resolution?: Resolution
  readonly dropped: readonly string[]
}

/** Reads a JPEG's segments up to its first scan. */
export function readSegments(bytes: Uint8Array): JpegSegments {
  let exif: Uint8Array | undefined
  let xmp: Uint8Array | undefined
  let resolution: Resolution | undefined
  const profileParts = new Map<number, Uint8Array>()
  let profileCount = 0
  const dropped = new Set<string>()
  for (const { marker, content } of segmentsOf(bytes)) {
    if (marker === APP0 && startsWith(content, JFIF)) resolution ??= densityOf(content)
    else if (marker === APP1 && startsWith(content, EXIF.slice(0, 5))) exif ??= content.subarray(EXIF.length)
    else if (marker === APP1 && startsWith(content, XMP)) xmp ??= content.subarray(XMP.length)
    else if (marker === APP2 && startsWith(content, ICC)) {
      profileCount = content[ICC.length + 1] ?? 0
      profileParts.set(content[ICC.length] ?? 0, content.subarray(ICC_PART))
    } else if (marker === APP2 && startsWith(content, MPF)) dropped.add('further pictures (MPF)')
    else if (marker === APP13) dropped.add('Photoshop data (IPTC)')
    else if (marker === COMMENT) dropped.add('comment')
    else if (marker > APP1 && marker < APP14) dropped.add(`segment APP${marker - APP0}`)
  }
  const profile = joinedProfile(profileParts, profileCount)
  if (profileParts.size > 0 && profile === undefined) dropped.add('damaged colour profile')
  return {
    orientation: exif === undefined ? 1 : orientationOf(exif),
    ...(exif === undefined ? {} : { exif }),
    ...(xmp === undefined ? {} : { xmp }),
    ...(profile === undefined ? {} : { profile }),
    ...(resolution === undefined ? {} : { resolution }),
    dropped: [...dropped],
  }
}

/** JFIF 1.02: version, unit, horizontal and vertical density behind the name. */
function densityOf(content: Uint8Array): Resolution | undefined {
  if (content.length < 12) return undefined
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  const unit = (['ratio', 'inch', 'centimetre'] as const)[view.getUint8(7)]
  const [x, y] = [view.getUint16(8), view.getUint16(10)]
  // 1:1 is what a file says that knows nothing.
  return unit === undefined || x === 0 || y === 0 || (unit === 'ratio' && x === y) ? undefined : { x, y, unit }
}

/** The parts of an ICC profile, numbered from 1, as one; undefined where one is missing (ICC.1, annex B.4). */
function joinedProfile(parts: ReadonlyMap<number, Uint8Array>, count: number): Uint8Array | undefined {
  const ordered = Array.from({ length: count }, (_, i) => parts.get(i + 1))
  if (count === 0 || ordered.some((part) => part === undefined)) return undefined
  return concatenate(ordered as Uint8Array[])
}

/** What is kept of the segments for the picture that was turned upright. */
export function metadataOf(segments: JpegSegments, channels: 1 | 3): Metadata {
  const { orientation, exif, xmp, profile, resolution } = segments
  const verdict = profile === undefined ? undefined : profileFor(profile, channels)
  return {
    ...(verdict !== undefined && 'colourProfile' in verdict ? verdict : {}),
    ...(exif === undefined ? {} : { exif: uprightExif(exif) }),
    ...(xmp === undefined ? {} : { xmp: uprightXmp(xmp) }),
    ...(resolution === undefined
      ? {}
      : { resolution: turnsSides(orientation) ? exchangedSides(resolution) : resolution }),
    dropped: [...segments.dropped, ...(verdict !== undefined && 'dropped' in verdict ? [verdict.dropped] : [])],
  }
}

/**
 * Puts a picture's EXIF, XMP and colour profile behind the first segment (JFIF's) of a JPEG.
 *
 * @returns the file, and what a JPEG cannot hold
 */
export function withSegments(
  jpeg: Uint8Array,
  { exif, xmp, colourProfile, gamma, pngChunks = [] }: Metadata,
): { readonly file: Uint8Array<ArrayBuffer>; readonly left: readonly string[] } {
  const left: string[] = []
  const parts: Uint8Array[] = []
  const put = (marker: number, heading: string, content: Uint8Array, name: string): void => {
    if (heading.length + content.length <= MAXIMUM_CONTENT) parts.push(segment(marker, heading, content))
    else left.push(`${name} (longer than a JPEG's segment)`)
  }
  if (exif !== undefined) put(APP1, EXIF, exif, 'EXIF')
  if (xmp !== undefined) put(APP1, XMP, xmp, 'XMP')
  if (colourProfile !== undefined) parts.push(...profileSegments(colourProfile))
  else if (gamma !== undefined) left.push('gamma')
  const others = new Set(pngChunks.map(({ type }) => type))
  if (others.size > 0) left.push(`PNG's ${[...others].join(', ')}`)
  const firstLength = 2 + 2 + ((jpeg[4] as number) << 8) + (jpeg[5] as number)
  return { file: concatenate([jpeg.subarray(0, firstLength), ...parts, jpeg.subarray(firstLength)]), left }
}

function profileSegments(profile: Uint8Array): Uint8Array[] {
  const length = MAXIMUM_CONTENT - ICC_PART
  const count = Math.ceil(profile.length / length)
  return Array.from({ length: count }, (_, i) =>
    segment(
      APP2,
      `${ICC}${String.fromCharCode(i + 1, count)}`,
      profile.subarray(i * length, Math.min(profile.length, (i + 1) * length)),
    ),
  )
}

function segment(marker: number, heading: string, content: Uint8Array): Uint8Array {
  const length = 2 + heading.length + content.length
  const letters = Uint8Array.from(heading, (letter) => letter.charCodeAt(0))
  return concatenate([Uint8Array.of(0xff, marker, length >> 8, length & 255), letters, content])
}
