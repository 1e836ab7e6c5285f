import { InputError } from '@noisescope/core'
import { composedOver } from '../compose.ts'
import type { DecodeOptions, Encoded } from '../format.ts'
import { refuseAbsurdSize, refuseHollowFile } from '../limits.ts'
import { pixelsPerMetre, type Resolution } from '../metadata.ts'
import type { Picture } from '../picture.ts'
import { openPlanes, type Planes } from '../planes.ts'
import { samplesFromImage } from '../samples.ts'
import { type JpegDensity, type JpegHeader, type JpegReader, LibjpegError, openJpeg, writeJpeg } from './libjpeg.ts'
import { metadataOf, readSegments, withSegments } from './segments.ts'

/** Blocks that the scans of any file may go over, and how many for each byte of it: a flat picture takes few bits. */
const FREE_VISITS = 2 ** 18
const VISITS_FOR_EACH_BYTE = 512
/** The same of arithmetic coding's blocks, which take less than a bit. */
const ARITHMETIC_BLOCKS_FOR_EACH_BYTE = 64

/**
 * Decodes a JPEG as libjpeg-turbo does (djpeg's numbers), and turns it upright as its EXIF orientation says: sequential,
 * progressive and lossless, Huffman or arithmetic coded, up to 12 bits (16 where lossless), grey, YCbCr, RGB, CMYK and YCCK.
 *
 * Inks are taken as Adobe's inverted ones and turned to RGB plainly, without their profile.
 *
 * @throws InputError if the file is truncated or damaged, larger than allowed, or claims more than its data can hold
 */
export function decodeJpeg(bytes: Uint8Array, name: string, options: DecodeOptions = {}): Picture {
  try {
    return decode(bytes, name, options)
  } catch (cause) {
    if (!(cause instanceof LibjpegError || cause instanceof WebAssembly.RuntimeError)) throw cause
    throw new InputError(`${name} is a truncated or damaged JPEG (${cause.message}); save or fetch it again`, { cause })
  }
}

function decode(bytes: Uint8Array, name: string, options: DecodeOptions): Picture {
  const segments = readSegments(bytes)
  let reader: JpegReader | undefined
  let hasNoEnd = false
  reader = openJpeg(bytes, ({ meaning, sentence }) => {
    if (meaning === 'no end') hasNoEnd = true
    else throw new LibjpegError(sentence)
  })
  const { header } = reader
  const channels = header.components === 1 ? 1 : 3
  refuseAbsurdSize(header, name, options)
  refuseEmptyClaim(header, bytes.length, name)
  refuseHollowFile(header, channels, bytes.length, name)
  const planes = (): Planes =>
    openPlanes({
      width: header.width,
      height: header.height,
      channels,
      maximum: 2 ** header.precision - 1,
      orientation: segments.orientation,
    })

  const given = reader.start(FREE_VISITS + VISITS_FOR_EACH_BYTE * bytes.length)
  if (given !== channels) throw new LibjpegError(`it has ${header.components} components`)
  let image: Planes
  if (header.hasScans && channels === 3) {
    // Coefficients and float32 planes together would pass the memory that a pixel may take: the one goes before the other comes.
    const Samples = header.precision > 8 ? Uint16Array : Uint8Array
    const length = header.width * channels
    const whole = new Samples(length * header.height)
    reader.readRows((row, y) => whole.set(row, y * length))
    refuseMissingScans(reader, header, hasNoEnd)
    reader = undefined
    image = planes()
    for (let y = 0; y < header.height; y++) image.write(whole.subarray(y * length, (y + 1) * length), y)
  } else {
    image = planes()
    reader.readRows((row, y) => image.write(row, y))
    refuseMissingScans(reader, header, hasNoEnd)
  }
  const metadata = metadataOf(segments, channels)
  return { image: image.image, bits: header.precision, metadata }
}

/** A file without its end is whole only if nothing that the picture needs is missing. */
function refuseMissingScans(reader: JpegReader, { isArithmetic }: JpegHeader, hasNoEnd: boolean): void {
  if (hasNoEnd && (isArithmetic || reader.isUnfinished())) throw new LibjpegError('it ends before its picture does')
}

/** Refuses blocks of which the data holds too few bits; without this a few bytes would fill the memory with grey. */
function refuseEmptyClaim(header: JpegHeader, stored: number, name: string): void {
  const { width, height, blocks, isArithmetic, isProgressive, isLossless } = header
  if (header.components === 4 && header.precision > 8) throw new LibjpegError('four inks of more than 8 bits')
  // The shortest code has one bit: a block's mean and the end of its other coefficients take one each, a sample takes one.
  const needed = Math.ceil((blocks * (isProgressive || isLossless ? 1 : 2)) / 8)
  const enough = isArithmetic ? blocks <= FREE_VISITS + ARITHMETIC_BLOCKS_FOR_EACH_BYTE * stored : needed <= stored
  if (!enough) {
    throw new InputError(
      `${name} is a truncated or damaged JPEG: it says it is ${width}x${height}, which ` +
        `${isArithmetic ? 'its' : `takes at least ${needed} bytes and it has`} ${stored} bytes${isArithmetic ? ' cannot hold' : ''}`,
    )
  }
}

/** Nearly without loss: errors are about a grey level of 255. */
const DEFAULT_QUALITY = 95

/**
 * Encodes a picture as a baseline JPEG of 8 bits, grey or colour at full resolution.
 *
 * @param quality 1 to 100 as libjpeg counts; 95 if not given
 * @returns the file, and what of the picture a JPEG cannot hold
 * @throws InputError if a value is NaN or infinite, or a side is longer than 65,500
 */
export function encodeJpeg(
  { image, alpha, bits, metadata }: Picture,
  { quality = DEFAULT_QUALITY }: { readonly quality?: number } = {},
): Encoded {
  const dropped: string[] = []
  if (alpha !== undefined) dropped.push('transparency (white shows through)')
  if (bits > 8) dropped.push(`${bits} bits a sample (8 are kept)`)
  const { width, height, channels, data } = samplesFromImage(
    alpha === undefined ? image : composedOver(image, alpha, 1),
    8,
  )
  const density = densityOf(metadata.resolution)
  try {
    // Eight bits give a Uint8Array.
    const bytes = writeJpeg(data as Uint8Array, { width, height, channels: channels as 1 | 3, quality, density })
    const { file, left } = withSegments(bytes, metadata)
    return { bytes: file, dropped: [...dropped, ...left] }
  } catch (cause) {
    if (!(cause instanceof LibjpegError)) throw cause
    throw new InputError(`a JPEG cannot hold ${width}x${height} pixels (${cause.message}); write a PNG`, { cause })
  }
}

const MAXIMUM_DENSITY = 65535

/** JFIF counts in whole pixels per inch or centimetre; inches are taken where they lose nothing. */
function densityOf(resolution: Resolution | undefined): JpegDensity {
  const unknown: JpegDensity = { unit: 0, x: 1, y: 1 }
  if (resolution === undefined) return unknown
  const metres = pixelsPerMetre(resolution)
  const [unit, x, y] =
    metres === undefined
      ? ([0, resolution.x, resolution.y] as const)
      : resolution.unit === 'centimetre'
        ? ([2, resolution.x, resolution.y] as const)
        : ([1, metres.x * 0.0254, metres.y * 0.0254] as const)
  const [wholeX, wholeY] = [Math.round(x), Math.round(y)]
  const fits = [wholeX, wholeY].every((value) => value >= 1 && value <= MAXIMUM_DENSITY)
  return fits ? { unit, x: wholeX, y: wholeY } : unknown
}
