import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { InputError } from '@noisescope/core'
import { formatOf } from '../formats.ts'
import { STANDARD_INPUT } from './read-image-file.ts'

/** A file that is taken for an image by its name, or because it was named itself. */
export interface FoundImage {
  /** The file's name; for an image in a folder its path within it, with forward slashes. */
  readonly name: string
  readonly path: string
  /** It was listed in a folder, not named itself. */
  readonly isListed: boolean
}

/** What a search found, and what it did not take. */
export interface FoundImages {
  readonly images: readonly FoundImage[]
  /** Paths of files in the folders that are not called images, and hidden ones. */
  readonly otherFiles: readonly string[]
  /** Paths of folders within the folders that were not searched. */
  readonly otherFolders: readonly string[]
}

const naturalOrder = new Intl.Collator('en', { numeric: true })

/**
 * Finds image files without reading them: each path is a file, taken whatever its name is, or a folder, whose .png, .jpg, .jpeg,
 * .jpe and .jfif files come in natural order (img2 before img10).
 * `-` is standard input.
 * @param recursive look into the folders within a folder too.
 * @throws InputError if no path is given, one does not exist, or there is no image in any of them.
 */
export async function findImages(
  paths: readonly string[],
  { recursive = false }: { readonly recursive?: boolean } = {},
): Promise<FoundImages> {
  if (paths.length === 0) throw new InputError('No image was given; give PNG or JPEG files, or folders of them')
  const images: FoundImage[] = []
  const otherFiles: string[] = []
  const otherFolders: string[] = []
  for (const path of paths) {
    if (path === STANDARD_INPUT) {
      images.push({ name: 'stdin', path, isListed: false })
      continue
    }
    const entry = await stat(path).catch((cause: unknown) => {
      throw new InputError(`There is no file or folder ${path}`, { cause })
    })
    if (!entry.isDirectory()) {
      images.push({ name: basename(path), path, isListed: false })
      continue
    }
    const found = await findInFolder(path, recursive)
    images.push(...found.images)
    otherFiles.push(...found.otherFiles)
    otherFolders.push(...found.otherFolders)
  }
  if (images.length === 0) {
    const hint = recursive ? '' : ' (the folders within it were not searched)'
    const where = paths.length === 1 ? `The folder ${paths[0]} has` : `The folders ${paths.join(', ')} have`
    throw new InputError(`${where} no .png, .jpg or .jpeg files${hint}`)
  }
  return { images, otherFiles, otherFolders }
}

async function findInFolder(folder: string, recursive: boolean): Promise<FoundImages> {
  const entries = await readdir(folder, { recursive, withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`The folder ${folder} cannot be read (${cause.code})`, { cause })
  })
  const found = entries
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return { entry, path, name: relative(folder, path).replaceAll(sep, '/'), isListed: true }
    })
    .sort((a, b) => naturalOrder.compare(a.name, b.name))
  const isImage = ({ entry }: (typeof found)[number]): boolean =>
    !entry.isDirectory() && formatOf(entry.name) !== undefined && !entry.name.startsWith('.')
  const pathsOf = (wanted: (each: (typeof found)[number]) => boolean): string[] =>
    found.filter(wanted).map(({ path }) => path)
  return {
    images: found.filter(isImage).map(({ name, path, isListed }) => ({ name, path, isListed })),
    otherFiles: pathsOf((each) => !each.entry.isDirectory() && !isImage(each)),
    otherFolders: recursive ? [] : pathsOf(({ entry }) => entry.isDirectory()),
  }
}
