import { InputError } from '@noisescope/core'
import { encode } from 'fast-png'
import { orientationOf } from '../exif.ts'
import type { Encoded, EncodeOptions, FormatOptions } from '../format.ts'
import { refuseAbsurdSize, refuseHollowFile } from '../limits.ts'
import type { Picture } from '../picture.ts'
import { openPlanes, type SampleArray } from '../planes.ts'
import { samplesFromImage } from '../samples.ts'
import { outlinePng, type PngOutline } from './chunks.ts'
import { chunksFor, metadataOf, withChunks } from './metadata.ts'
import { readRows } from './rows.ts'

export { hasPngSignature } from './chunks.ts'

/**
 * Decodes a PNG as libpng does: grey, grey with alpha, RGB, RGBA or palette, 1 to 16 bits, all of them kept, interlaced or not;
 * turned upright as its EXIF orientation says. Data behind the last pixel is passed over.
 *
 * @throws InputError if the file is truncated or damaged, or larger than allowed
 */
export function decodePng(bytes: Uint8Array, name: string, options: FormatOptions = {}): Picture {
  const outline = outlinePng(bytes, name)
  const { width, height, bitDepth } = outline
  const channels = outline.isPalette || outline.samplesPerPixel > 2 ? 3 : 1
  refuseAbsurdSize(outline, name, options)
  refuseHollowFile(outline, channels, bytes.length, name)
  const rows = sampleRows(outline, name)
  const exif = outline.further.find(({ type }) => type === 'eXIf')?.data
  const orientation = exif === undefined ? 1 : orientationOf(exif)
  const { background } = options
  const planes = openPlanes({
    width,
    height,
    channels: rows.channels,
    maximum: outline.isPalette ? 255 : 2 ** bitDepth - 1,
    orientation,
    ...(rows.transparentColour === undefined ? {} : { transparentColour: rows.transparentColour }),
    ...(background === undefined ? {} : { background }),
  })
  readRows(outline, name, (row, y, part) => planes.write(rows.samplesOf(row, part.count), y, part))
  return {
    image: planes.image,
    ...(planes.alpha === undefined ? {} : { alpha: planes.alpha }),
    bits: outline.isPalette ? 8 : bitDepth,
    metadata: metadataOf(outline.further, channels, orientation),
  }
}

/** How the bytes of a row become samples of so many channels. */
interface SampleRows {
  readonly channels: 1 | 2 | 3 | 4
  readonly transparentColour?: readonly number[]
  /** @param count pixels in the row. The samples are only valid until the next call. */
  samplesOf(row: Uint8Array, count: number): SampleArray
}

function sampleRows(outline: PngOutline, name: string): SampleRows {
  const { bitDepth, samplesPerPixel, isPalette, transparency, width } = outline
  if (isPalette) return paletteRows(outline, name)
  const channels = samplesPerPixel as SampleRows['channels']
  const colour = transparency === undefined ? undefined : transparentColour(transparency, bitDepth)
  const shared = { channels, ...(colour === undefined ? {} : { transparentColour: colour }) }
  if (bitDepth === 8) return { ...shared, samplesOf: (row) => row }
  if (bitDepth === 16) {
    const samples = new Uint16Array(width * channels)
    const samplesOf = (row: Uint8Array, count: number): SampleArray => {
      for (let i = 0; i < count * channels; i++) samples[i] = ((row[2 * i] as number) << 8) | (row[2 * i + 1] as number)
      return samples
    }
    return { ...shared, samplesOf }
  }
  const samples = new Uint8Array(width)
  return { ...shared, samplesOf: (row, count) => unpackBits(row, count, bitDepth, samples) }
}

/** The 16-bit numbers of tRNS; of each as many bits count as a sample has. */
function transparentColour(data: Uint8Array, bitDepth: number): number[] {
  return Array.from({ length: data.length / 2 }, (_, i) => {
    const value = ((data[2 * i] as number) << 8) | (data[2 * i + 1] as number)
    return value & (2 ** bitDepth - 1)
  })
}

/** Spreads samples of 1, 2 or 4 bits to a byte each. */
function unpackBits(packed: Uint8Array, count: number, bits: number, samples: Uint8Array): Uint8Array {
  const mask = 2 ** bits - 1
  for (let i = 0; i < count; i++) {
    const bit = i * bits
    samples[i] = ((packed[bit >> 3] as number) >> (8 - bits - (bit & 7))) & mask
  }
  return samples
}

/** Colours of a palette, with opacities where some of it is transparent. */
function paletteRows(
  { palette = new Uint8Array(), transparency, bitDepth, width }: PngOutline,
  name: string,
): SampleRows {
  const channels = transparency === undefined ? 3 : 4
  const colours = palette.length / 3
  const table = new Uint8Array(colours * channels).fill(255)
  for (let i = 0; i < colours; i++) {
    table.set(palette.subarray(3 * i, 3 * i + 3), i * channels)
    if (transparency !== undefined) table[i * channels + 3] = transparency[i] ?? 255
  }
  const indices = new Uint8Array(width)
  const samples = new Uint8Array(width * channels)
  const samplesOf = (row: Uint8Array, count: number): Uint8Array => {
    const found = bitDepth === 8 ? row : unpackBits(row, count, bitDepth, indices)
    for (let i = 0, at = 0; i < count; i++) {
      const index = found[i] as number
      if (index >= colours) {
        throw new InputError(`${name} is a damaged PNG: it shows colour ${index} of a palette of ${colours}`)
      }
      for (let channel = 0; channel < channels; channel++) samples[at++] = table[index * channels + channel] as number
    }
    return samples
  }
  return { channels, samplesOf }
}

/**
 * Encodes a picture as PNG, grey or RGB, with alpha where it has some, and with all that it says of itself; values are clipped to
 * 0..1 and rounded.
 *
 * @param bits bits a sample; 8 if not given
 * @returns the file, and what of the picture it does not hold
 * @throws InputError if a value is NaN or infinite
 */
export function encodePng(picture: Picture, { bits = 8 }: EncodeOptions = {}): Encoded {
  const { width, height, channels, data } = samplesFromImage(picture.image, bits, picture.alpha)
  const png = encode({ width, height, channels, depth: bits, data }, { zlib: { level: 6 } })
  const dropped = picture.bits > bits ? [`${picture.bits} bits a sample (${bits} are kept)`] : []
  return { bytes: withChunks(png, chunksFor(picture.metadata)), dropped }
}
