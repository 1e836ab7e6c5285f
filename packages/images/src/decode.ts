import { InputError } from '@noisescope/core'
import { hasPngSignature } from 'fast-png'
import type { Image } from './image.ts'
import { decodeJpeg } from './jpeg.ts'
import { decodePng } from './png.ts'

export interface DecodeOptions {
  /** Refuse files that claim more pixels than this; 100 million if not given. */
  readonly maximumPixels?: number
  /** The grey, 0..1, that shows through where a PNG is transparent; 1 (white) if not given. */
  readonly background?: number
}

/**
 * Decodes a PNG or JPEG, whichever its first bytes say it is.
 *
 * Values are the file's own on the 0..1 scale (no gamma or colour profile is applied); grey files give one channel.
 *
 * @param name what error messages call the file
 * @throws InputError if it is neither, damaged, truncated, or larger than allowed
 */
export function decodeImage(bytes: Uint8Array, name = 'the image', options: DecodeOptions = {}): Image {
  if (bytes.length === 0) throw new InputError(`${name} is empty (0 bytes)`)
  if (hasPngSignature(bytes)) return decodePng(bytes, name, options)
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return decodeJpeg(bytes, name, options)
  throw new InputError(`${name} is neither a PNG nor a JPEG, whatever it is called; convert it to one of them`)
}
