import { InputError } from '@noisescope/core'
import { convertIndexedToRgb, type DecodedPng, decode, encode } from 'fast-png'
import { Unzlib } from 'fflate'
import type { DecodeOptions } from './decode.ts'
import type { Image } from './image.ts'
import { refuseAbsurdSize } from './limits.ts'
import { outlinePng, type PngOutline } from './png-chunks.ts'
import { imageFromSamples, type Samples, samplesFromImage } from './samples.ts'

/**
 * Decodes a PNG: grey, grey with alpha, RGB, RGBA or palette, 1 to 16 bits, all of them kept.
 *
 * @throws InputError if the file is truncated or damaged, larger than allowed, or of the one kind that is not decoded:
 *   interlaced with fewer than 8 bits
 */
export function decodePng(bytes: Uint8Array, name: string, options: DecodeOptions = {}): Image {
  const outline = outlinePng(bytes, name)
  refuseAbsurdSize(outline, name, options)
  if (outline.isInterlaced && outline.bitDepth < 8) {
    throw new InputError(`${name} is an interlaced PNG of ${outline.bitDepth} bits; save it without interlacing`)
  }
  checkAmountOfPixels(outline, name)
  try {
    return imageFromSamples(samplesOf(decode(outline.essential, { checkCrc: true }), outline), options.background)
  } catch (cause) {
    throw new InputError(`${name} is a damaged PNG (${String(cause)}); save or fetch it again`, { cause })
  }
}

/** The compressed bytes unpacked at once while counting; deflate expands at most 1032 times, so 16 MiB at most. */
const COUNTING_STEP = 16 * 1024

/** Unpacks the pixels once only to count them: too few would decode as black rows, too many could fill the memory. */
function checkAmountOfPixels(outline: PngOutline, name: string): void {
  const expected = unpackedLength(outline)
  let found = 0
  const counter = new Unzlib((part) => {
    found += part.length
  })
  try {
    for (const part of outline.compressed) {
      for (let offset = 0; offset < part.length && found <= expected; offset += COUNTING_STEP) {
        counter.push(part.subarray(offset, offset + COUNTING_STEP))
      }
    }
    if (found <= expected) counter.push(new Uint8Array(0), true)
  } catch (cause) {
    throw new InputError(`${name} is a damaged PNG (its pixels cannot be unpacked); save or fetch it again`, { cause })
  }
  if (found !== expected) {
    const finding = found < expected ? `only ${found}` : 'more'
    throw new InputError(
      `${name} is a damaged PNG: its ${outline.width}x${outline.height} pixels take ${expected} bytes` +
        ` and it has ${finding}`,
    )
  }
}

/** First column and row, and the steps, of Adam7's seven passes (PNG specification, section 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Bytes of the unpacked pixels: every row has one byte for its filter. */
function unpackedLength({ width, height, bitDepth, samplesPerPixel, isInterlaced }: PngOutline): number {
  const rows = (columns: number, count: number): number =>
    columns > 0 ? count * (1 + Math.ceil((columns * samplesPerPixel * bitDepth) / 8)) : 0
  if (!isInterlaced) return rows(width, height)
  return ADAM7.reduce(
    (sum, [left, top, stepX, stepY]) =>
      sum + rows(Math.ceil((width - left) / stepX), Math.max(0, Math.ceil((height - top) / stepY))),
    0,
  )
}

function samplesOf(png: DecodedPng, outline: PngOutline): Samples {
  const { width, height } = png
  if (outline.isPalette) {
    const data = convertIndexedToRgb(png)
    return { width, height, channels: data.length === 4 * width * height ? 4 : 3, maximum: 255, data }
  }
  return {
    width,
    height,
    channels: outline.samplesPerPixel as 1 | 2 | 3 | 4,
    maximum: 2 ** png.depth - 1,
    data: png.depth < 8 ? unpackBits(png.data, width, height, png.depth) : png.data,
    ...(png.transparency === undefined ? {} : { transparentColour: Array.from(png.transparency) }),
  }
}

/** Spreads grey samples of 1, 2 or 4 bits to a byte each; every row starts at a new byte. */
function unpackBits(packed: ArrayLike<number>, width: number, height: number, bits: number): Uint8Array {
  const samplesPerByte = 8 / bits
  const rowLength = Math.ceil(width / samplesPerByte)
  const samples = new Uint8Array(width * height)
  let index = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = packed[y * rowLength + Math.floor(x / samplesPerByte)] as number
      const shift = 8 - bits * (1 + (x % samplesPerByte))
      samples[index++] = (byte >> shift) & (2 ** bits - 1)
    }
  }
  return samples
}

/**
 * Encodes an image as PNG, grey or RGB; values are clipped to 0..1 and rounded.
 *
 * @param bits bits a sample; 8 if not given
 * @throws InputError if a value is NaN or infinite
 */
export function encodePng(image: Image, { bits = 8 }: { readonly bits?: 8 | 16 } = {}): Uint8Array {
  const { width, height, channels, data } = samplesFromImage(image, bits)
  return encode({ width, height, channels, depth: bits, data }, { zlib: { level: 6 } })
}
