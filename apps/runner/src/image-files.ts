import { InputError } from '@noisescope/core'
import { type LoadImagesOptions, loadImages, type NamedImage } from '@noisescope/images/node'
import type { Output } from './output.ts'

/**
 * Loads image files and folders, telling of each file that cannot be used.
 * @returns the images, and how many files were refused.
 * @throws InputError when none can be used.
 */
export async function readImages(
  paths: readonly string[],
  output: Output,
  options: LoadImagesOptions = {},
): Promise<{ images: readonly NamedImage[]; refused: number }> {
  const { images, refused } = await loadImages(paths, options)
  const [first] = refused
  if (images.length === 0 && first !== undefined) {
    throw new InputError(
      `${first.reason}${refused.length > 1 ? ` (and ${refused.length - 1} more files cannot be used)` : ''}`,
    )
  }
  for (const { reason } of refused) output.note(`Left out: ${reason}`)
  return { images, refused: refused.length }
}
