import { InputError } from '@noisescope/core'
import jpeg from 'jpeg-js'
import { toGrey } from './colour.ts'
import type { DecodeOptions } from './decode.ts'
import { applySymmetry, type Symmetry } from './geometry.ts'
import type { Image } from './image.ts'
import { type JpegOutline, outlineJpeg } from './jpeg-header.ts'
import { refuseAbsurdSize } from './limits.ts'
import { imageFromSamples } from './samples.ts'

/** The symmetry that makes a picture of each EXIF orientation upright; the first is orientation 1. */
const UPRIGHT: readonly Symmetry[] = [0, 4, 2, 6, 7, 1, 5, 3]

/** Bytes the decoder may use for each pixel: coefficients and samples of up to four components, and the result. */
const MEMORY_PER_PIXEL = 64
const MEMORY_FOR_TABLES = 16 * 2 ** 20
/** Sides are padded to whole blocks of 8 pixels at up to four times their sampling. */
const PADDING = 32

interface RawRgb {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/**
 * Decodes a baseline or progressive JPEG of 8 bits, grey or colour, and turns it upright as its EXIF orientation says.
 *
 * @throws InputError if the file is truncated or damaged, larger than allowed, or of a rare kind
 */
export function decodeJpeg(bytes: Uint8Array, name: string, options: DecodeOptions = {}): Image {
  const outline = outlineJpeg(bytes, name)
  refuseAbsurdSize(outline, name, options)
  const { width, height, data } = decodeRgb(bytes, name, outline)
  const image = imageFromSamples({ width, height, channels: 3, maximum: 255, data })
  const upright = applySymmetry(image, UPRIGHT[outline.orientation - 1] ?? 0)
  return outline.components === 1 ? toGrey(upright) : upright
}

function decodeRgb(bytes: Uint8Array, name: string, { width, height }: JpegOutline): RawRgb {
  const memory = (width + PADDING) * (height + PADDING) * MEMORY_PER_PIXEL + MEMORY_FOR_TABLES
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil((width * height) / 1e6),
      maxMemoryUsageInMB: memory / 2 ** 20,
    })
  } catch (cause) {
    throw new InputError(`${name} is a truncated or damaged JPEG (${String(cause)}); save or fetch it again`, { cause })
  }
}
