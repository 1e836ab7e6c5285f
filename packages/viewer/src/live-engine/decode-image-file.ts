import { InputError } from '@noisescope/core'
import { decodeImage, type Image, imageFromRgba, toGrey } from '@noisescope/images'
import type { SourceImage } from '../sources/source.ts'

/** First bytes of the formats that are decoded here, to the same numbers as on the command line. */
const OWN_FORMATS: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
]

/**
 * Decodes an image file: PNG and JPEG as the command line does, other formats as the browser does, in sRGB. What is grey in all
 * pixels comes with one channel where the browser decodes it.
 * @param name for messages, and of the image; the file's own where not given.
 * @throws InputError when it is no image, damaged, or of a format that the browser does not know.
 */
export async function decodeImageFile(
  file: Blob,
  name = file instanceof File ? file.name : 'the image',
): Promise<SourceImage> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const own = bytes.length === 0 || OWN_FORMATS.some((signature) => signature.every((byte, i) => bytes[i] === byte))
  return { ...(own ? decodeImage(bytes, name) : await decodedByBrowser(file, name)), name }
}

async function decodedByBrowser(file: Blob, name: string): Promise<Image> {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas !== 'function') {
    throw new InputError(
      `${name} is neither a PNG nor a JPEG, and nothing here decodes other images; convert it to one of them`,
    )
  }
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new InputError(`${name} is no image that this browser can decode; convert it to PNG or JPEG`, { cause })
  })
  try {
    return imageFromBitmap(bitmap)
  } finally {
    bitmap.close()
  }
}

/** A picture, such as one of a camera, as the browser shows it. */
export function imageFromBitmap(picture: ImageBitmap): Image {
  const { width, height } = picture
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new InputError('this browser gives no canvas to decode images on')
  context.drawImage(picture, 0, 0)
  const image = imageFromRgba(width, height, context.getImageData(0, 0, width, height).data)
  return isGrey(image) ? toGrey(image) : image
}

/** True where all three channels are equal in every pixel. */
function isGrey({ width, height, data }: Image): boolean {
  const pixels = width * height
  for (let i = 0; i < pixels; i++) if (data[i] !== data[pixels + i] || data[i] !== data[2 * pixels + i]) return false
  return true
}
