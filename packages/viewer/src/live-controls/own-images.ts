import type { SourceImage } from '../sources/source.ts'

/** Decodes an image file that the user opened. */
export async function imageFromFile(file: Blob & { readonly name?: string }): Promise<SourceImage> {
  const { decodeImageFile } = await import('../live-engine/index.ts')
  return decodeImageFile(file, file.name)
}

/** A camera's picture. */
export async function imageFromPicture(picture: ImageBitmap, name: string): Promise<SourceImage> {
  const { imageFromBitmap } = await import('../live-engine/index.ts')
  const { width, height, channels, data } = imageFromBitmap(picture)
  return { width, height, channels: channels === 3 ? 3 : 1, data, name }
}
