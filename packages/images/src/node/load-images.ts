import { NoisescopeError } from '@noisescope/core'
import { withChannels } from '../colour.ts'
import { type DecodeOptions, decodeImage, decodePicture } from '../decode.ts'
import type { Image } from '../image.ts'
import type { Picture } from '../picture.ts'
import { type FoundImage, findImages } from './find-images.ts'
import { readImageFile } from './read-image-file.ts'

/** An image and the file that it came from. */
export interface NamedImage {
  /** The file's name; for an image in a folder its path within it, with forward slashes. */
  readonly name: string
  readonly path: string
  readonly image: Image
}

/** A file that could not be used and why, in one line. */
export interface RefusedImage {
  readonly name: string
  readonly reason: string
}

export interface LoadedImages {
  readonly images: readonly NamedImage[]
  readonly refused: readonly RefusedImage[]
}

export interface ReadImageOptions extends DecodeOptions {
  /** Turn every image to grey (1) or colour (3); left as the files are if not given. */
  readonly channels?: 1 | 3
}

export interface LoadImagesOptions extends ReadImageOptions {
  /** Look into the folders within a folder too. */
  readonly recursive?: boolean
}

/**
 * Loads PNG and JPEG files, all of them at once: each path is a file or a folder, see `findImages`.
 *
 * A file that cannot be decoded is refused by name and the others are loaded all the same, so `images` may be empty.
 *
 * @throws InputError if no path is given, a path does not exist, or the folders have no image files
 */
export async function loadImages(
  paths: string | readonly string[],
  options: LoadImagesOptions = {},
): Promise<LoadedImages> {
  const found = await findImages(typeof paths === 'string' ? [paths] : paths, options)
  const images: NamedImage[] = []
  const refused: RefusedImage[] = []
  for (const file of found.images) {
    try {
      images.push(await readImage(file, options))
    } catch (error) {
      refused.push({ name: file.name, reason: whyRefused(error) })
    }
  }
  return { images, refused }
}

/**
 * Reads one file.
 * @throws InputError if it is no image, damaged or larger than allowed; errors of the file system as they are.
 */
export async function readImage(
  { name, path }: Pick<FoundImage, 'name' | 'path'>,
  options: ReadImageOptions = {},
): Promise<NamedImage> {
  const image = decodeImage(await readImageFile(path), name, options)
  return { name, path, image: options.channels ? withChannels(image, options.channels) : image }
}

/** Reads one file with all that it says beside its pixels; throws as {@link readImage}. */
export async function readPicture({ name, path }: Pick<FoundImage, 'name' | 'path'>): Promise<Picture> {
  return decodePicture(await readImageFile(path), name)
}

/** Why a file cannot be used, in one line. @throws what is no error of ours or of the file system: it is a mistake. */
export function whyRefused(error: unknown): string {
  if (error instanceof NoisescopeError) return error.message
  if (error instanceof Error && 'code' in error) return error.message
  throw error
}
