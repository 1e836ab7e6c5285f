import type { Image } from './image.ts'
import type { Metadata } from './metadata.ts'

/** Opacity of each pixel as the file has it, row by row: 0 shows nothing of it, `maximum` all. */
export interface Alpha {
  readonly maximum: number
  readonly data: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>
}

/** An image with all that its file says beside the values: what is needed to write it as it was. */
export interface Picture {
  /** Upright, its colours as they are stored: where {@link alpha} is given, not composed over anything. */
  readonly image: Image
  readonly alpha?: Alpha
  /** Bits a sample in the file, 1 to 16; those of a palette's colours are 8. */
  readonly bits: number
  readonly metadata: Metadata
}
