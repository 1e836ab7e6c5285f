import { InputError } from '@noisescope/core'
import type { FormatOptions, ImageFormat, DecodeOptions as PictureOptions } from './format.ts'
import { IMAGE_FORMATS } from './formats.ts'
import type { Image } from './image.ts'
import type { Picture } from './picture.ts'

export interface DecodeOptions extends PictureOptions {
  /** The grey, 0..1, that shows through where a picture is transparent; 1 (white) if not given. */
  readonly background?: number
}

/**
 * Decodes a PNG or JPEG, whichever its first bytes say it is, upright as its orientation says.
 *
 * Values are the file's own on the 0..1 scale (no gamma or colour profile is applied); grey files give one channel. Memory stays
 * below 16 bytes a pixel, the result included.
 *
 * @param name what error messages call the file
 * @throws InputError if it is neither, damaged, truncated, or larger than allowed
 */
export function decodeImage(bytes: Uint8Array, name = 'the image', options: DecodeOptions = {}): Image {
  return decode(bytes, name, { background: 1, ...options }).image
}

/** Decodes as {@link decodeImage}, and keeps what the file says beside: opacity, depth, profile, resolution, EXIF. */
export function decodePicture(bytes: Uint8Array, name = 'the image', options: PictureOptions = {}): Picture {
  return decode(bytes, name, options)
}

function decode(bytes: Uint8Array, name: string, options: FormatOptions): Picture {
  if (bytes.length === 0) throw new InputError(`${name} is empty (0 bytes)`)
  const format = IMAGE_FORMATS.find((candidate: ImageFormat) => candidate.recognises(bytes))
  if (format === undefined) {
    throw new InputError(`${name} is neither a PNG nor a JPEG, whatever it is called; convert it to one of them`)
  }
  // A Buffer of Node's would share its memory where an array is to be copied.
  return format.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), name, options)
}
