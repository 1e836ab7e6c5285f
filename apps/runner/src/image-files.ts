import { InputError } from '@noisescope/core'
import {
  type FoundImages,
  findImages,
  type LoadImagesOptions,
  loadImages,
  type NamedImage,
  type RefusedImage,
} from '@noisescope/images/node'
import type { Output } from './output.ts'

/** Files or folders that are named in one line; of more only the number. */
const NAMED = 5

/**
 * Finds image files in files and folders, saying how many there are and what is passed over.
 * @throws InputError when there are none.
 */
export async function findImageFiles(
  paths: readonly string[],
  output: Output,
  { recursive = false }: { readonly recursive?: boolean | undefined } = {},
): Promise<FoundImages['images']> {
  const { images, otherFiles, otherFolders } = await findImages(paths, { recursive })
  if (otherFiles.length > 0) {
    output.note(`Passed over: ${counted(otherFiles, 'file')} not called .png, .jpg or .jpeg (${listed(otherFiles)}).`)
  }
  if (otherFolders.length > 0) {
    output.note(
      `Passed over: ${counted(otherFolders, 'folder')} (${listed(otherFolders)}); --recursive looks into them too.`,
    )
  }
  return images
}

const counted = ({ length }: readonly string[], what: string): string => `${length} ${what}${length === 1 ? '' : 's'}`

/** Paths in one line, the first few by name. */
export const listed = (paths: readonly string[]): string =>
  [...paths.slice(0, NAMED), ...(paths.length > NAMED ? [`and ${paths.length - NAMED} more`] : [])].join(', ')

/** What is wrong with files none of which can be used, in one error. */
export const noneUsable = ([first, ...others]: readonly RefusedImage[]): InputError =>
  new InputError(
    `${first?.reason ?? 'no image was found'}${others.length > 0 ? ` (and ${others.length} more files cannot be used)` : ''}`,
  )

/**
 * Loads image files and folders, all of them at once, telling of each file that cannot be used.
 * @returns the images, and how many files were refused.
 * @throws InputError when none can be used.
 */
export async function readImages(
  paths: readonly string[],
  output: Output,
  options: LoadImagesOptions = {},
): Promise<{ images: readonly NamedImage[]; refused: number }> {
  const { images, refused } = await loadImages(paths, options)
  if (images.length === 0) throw noneUsable(refused)
  for (const { reason } of refused) output.note(`Left out: ${reason}`)
  return { images, refused: refused.length }
}
