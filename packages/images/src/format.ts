import type { Picture } from './picture.ts'

export interface DecodeOptions {
  /** Refuse files that claim more pixels than this; 100 million if not given. */
  readonly maximumPixels?: number
}

/** How a format is read: with a background transparent pixels show it, and no alpha is kept. */
export interface FormatOptions extends DecodeOptions {
  readonly background?: number
}

/** How a picture is written; a format takes of it what it has. */
export interface EncodeOptions {
  /** Bits a sample, where the format has a choice; 8 if not given. */
  readonly bits?: 8 | 16
  /** 1 to 100 as libjpeg counts, for JPEG. */
  readonly quality?: number
}

/** A picture as a file, and what of it that format cannot hold, each as a person would call it. */
export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly dropped: readonly string[]
}

/** A format of image files: all that is known of it is said here. */
export interface ImageFormat {
  readonly name: string
  /** Endings of file names, lower case, without the dot; the first is the usual one. */
  readonly extensions: readonly string[]
  /** Whether a file's first bytes are those of the format. */
  recognises(bytes: Uint8Array): boolean
  /** @throws InputError if the file is truncated, damaged or larger than allowed */
  decode(bytes: Uint8Array, name: string, options: FormatOptions): Picture
  /** @throws InputError if a value is not finite or the format cannot hold the size */
  encode(picture: Picture, options: EncodeOptions): Encoded
}
