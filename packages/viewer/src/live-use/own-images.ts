import type { SourceImage } from '../source.ts'

/** Decodes an image file of somebody at the page. */
export async function imageFromFile(file: Blob & { readonly name?: string }): Promise<SourceImage> {
  const { decodeImageFile } = await import('../live/index.ts')
  return decodeImageFile(file, file.name)
}

/** A camera's picture. */
export async function imageFromPicture(picture: ImageBitmap, name: string): Promise<SourceImage> {
  const { imageFromBitmap } = await import('../live/index.ts')
  const { width, height, channels, data } = imageFromBitmap(picture)
  return { width, height, channels: channels === 3 ? 3 : 1, data, name }
}
