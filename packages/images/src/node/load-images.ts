import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { InputError, NoisescopeError } from '@noisescope/core'
import { readWhole } from '@noisescope/core/node'
import { withChannels } from '../colour.ts'
import { type DecodeOptions, decodeImage } from '../decode.ts'
import type { Image } from '../image.ts'

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

export interface LoadImagesOptions extends DecodeOptions {
  /** Look into the folders within a folder too. */
  readonly recursive?: boolean
  /** Turn every image to grey (1) or colour (3); left as the files are if not given. */
  readonly channels?: 1 | 3
}

const IMAGE_EXTENSION = /\.(png|jpe?g)$/i
/** No image within the limit of pixels is longer, even uncompressed with 16 bits and four channels. */
const MAXIMUM_FILE_BYTES = 800 * 2 ** 20
const naturalOrder = new Intl.Collator('en', { numeric: true })

/**
 * Loads PNG and JPEG files: each path is a file or a folder, whose .png, .jpg and .jpeg files come in natural order
 * (img2 before img10).
 *
 * A file that cannot be decoded is refused by name and the others are loaded all the same, so `images` may be empty.
 *
 * @throws InputError if no path is given, a path does not exist, or a folder has no image files
 */
export async function loadImages(
  paths: string | readonly string[],
  options: LoadImagesOptions = {},
): Promise<LoadedImages> {
  const files = await findFiles(typeof paths === 'string' ? [paths] : paths, options.recursive ?? false)
  const images: NamedImage[] = []
  const refused: RefusedImage[] = []
  for (const { name, path } of files) {
    try {
      const image = decodeImage(await readWhole(path, { most: MAXIMUM_FILE_BYTES }), name, options)
      images.push({ name, path, image: options.channels ? withChannels(image, options.channels) : image })
    } catch (error) {
      refused.push({ name, reason: reasonOf(error) })
    }
  }
  return { images, refused }
}

interface FoundFile {
  readonly name: string
  readonly path: string
}

async function findFiles(paths: readonly string[], recursive: boolean): Promise<FoundFile[]> {
  if (paths.length === 0) throw new InputError('No image was given; give PNG or JPEG files, or folders of them')
  const found: FoundFile[] = []
  for (const path of paths) {
    const entry = await stat(path).catch((cause: unknown) => {
      throw new InputError(`There is no file or folder ${path}`, { cause })
    })
    if (entry.isDirectory()) found.push(...(await findInFolder(path, recursive)))
    else found.push({ name: basename(path), path })
  }
  return found
}

async function findInFolder(folder: string, recursive: boolean): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true })
  const names = entries
    .filter((entry) => !entry.isDirectory() && IMAGE_EXTENSION.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort(naturalOrder.compare)
  if (names.length === 0) {
    const hint = recursive ? '' : ' (the folders within it were not searched)'
    throw new InputError(`The folder ${folder} has no .png, .jpg or .jpeg files${hint}`)
  }
  return names.map((name) => ({ name, path: join(folder, name) }))
}

/** Errors of ours and of the file system say what is wrong with a file; any other is a mistake and is thrown on. */
function reasonOf(error: unknown): string {
  if (error instanceof NoisescopeError) return error.message
  if (error instanceof Error && 'code' in error) return error.message
  throw error
}
