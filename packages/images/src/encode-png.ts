import type { Image } from './image.ts'
import { encodePng as encodePicture } from './png/png.ts'

/**
 * Encodes an image alone as PNG, grey or RGB; values are clipped to 0..1 and rounded.
 *
 * @param bits bits a sample; 8 if not given
 * @throws InputError if a value is NaN or infinite
 */
export function encodePng(image: Image, { bits = 8 }: { readonly bits?: 8 | 16 } = {}): Uint8Array<ArrayBuffer> {
  return encodePicture({ image, bits, metadata: { dropped: [] } }, { bits }).bytes
}
