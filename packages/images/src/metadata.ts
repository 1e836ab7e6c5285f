/** What an image file says beside its pixels, in no format's own words. */
export interface Metadata {
  /** An ICC profile, whole, of grey or RGB as the image is. */
  readonly colourProfile?: Uint8Array
  /** Exponent of the encoding, value = light ^ gamma (PNG's gAMA; 0.45455 for 1/2.2). */
  readonly gamma?: number
  readonly resolution?: Resolution
  /** EXIF, a TIFF structure from its byte order on; the orientation in it is upright, as the image is. */
  readonly exif?: Uint8Array
  /** XMP, an XML packet in UTF-8. */
  readonly xmp?: Uint8Array
  /** PNG's further chunks that hold for any pixels: chromaticities, rendering intent, texts. */
  readonly pngChunks?: readonly PngChunk[]
  /** What the file has that is not kept, each as a person would call it. */
  readonly dropped: readonly string[]
}

/** Pixels per metre, centimetre or inch, or only their ratio. */
export interface Resolution {
  readonly x: number
  readonly y: number
  readonly unit: 'metre' | 'centimetre' | 'inch' | 'ratio'
}

/** A chunk of a PNG: its four letters and its content. */
export interface PngChunk {
  readonly type: string
  readonly data: Uint8Array
}

const CENTIMETRES_PER_INCH = 2.54

/** Pixels per metre, which PNG counts in; undefined where only a ratio is known. */
export function pixelsPerMetre({ x, y, unit }: Resolution): { x: number; y: number } | undefined {
  const scale = { metre: 1, centimetre: 100, inch: 100 / CENTIMETRES_PER_INCH, ratio: 0 }[unit]
  return scale === 0 ? undefined : { x: x * scale, y: y * scale }
}

/** The resolution of a picture after its sides were exchanged. */
export const exchangedSides = ({ x, y, unit }: Resolution): Resolution => ({ x: y, y: x, unit })

/** Four letters of an ICC profile's header that say which colours it is of (ICC.1:2022, 7.2.6). */
const PROFILE_SPACES: Readonly<Record<string, string>> = { 'RGB ': 'RGB', GRAY: 'grey', CMYK: 'CMYK' }
const PROFILE_HEADER_LENGTH = 128

/**
 * A colour profile if it is one of the image's own colours, or else what is dropped: a profile of inks says nothing of
 * the RGB that they were turned into.
 */
export function profileFor(
  profile: Uint8Array,
  channels: 1 | 3,
): { readonly colourProfile: Uint8Array } | { readonly dropped: string } {
  const space = String.fromCharCode(...profile.subarray(16, 20))
  if (profile.length < PROFILE_HEADER_LENGTH || String.fromCharCode(...profile.subarray(36, 40)) !== 'acsp') {
    return { dropped: 'damaged colour profile' }
  }
  if (space === (channels === 1 ? 'GRAY' : 'RGB ')) return { colourProfile: profile }
  return { dropped: `colour profile (of ${PROFILE_SPACES[space] ?? 'other colours'})` }
}
