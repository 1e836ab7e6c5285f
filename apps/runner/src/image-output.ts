import { InputError } from '@noisescope/core'
import { formatOf, type ImageFormat, type Picture } from '@noisescope/images'
import { isFolder, writeResult } from './files.ts'
import { interruptible } from './interruptible.ts'

/** What stands for standard output where a file is asked for. */
export const STANDARD_OUTPUT = '-'

/** Endings of images that are not written; somebody who names one means a file, not a folder. */
const OTHER_IMAGES =
  /\.(tiff?|webp|bmp|gif|avif|hei[cf]|jp2|j2k|jxl|p[bgnp]m|exr|dng|cr2|nef|dcm|nii|fits?|svg|pdf|psd|tga|ico)$/i

/**
 * Whether --output names one image: the format of its ending, PNG for standard output; undefined where it is a folder.
 * @throws InputError for an image of a format that is not written.
 */
export async function imageFormatOf(out: string): Promise<ImageFormat | undefined> {
  if (out === STANDARD_OUTPUT) return formatOf('stdout.png')
  if (await isFolder(out)) return undefined
  if (OTHER_IMAGES.test(out)) {
    throw new InputError(
      `${out}: images are written as PNG or JPEG; give a name that ends in .png or .jpg, or a folder`,
    )
  }
  return formatOf(out)
}

/** Bits a sample of what is written where none are asked for: as many as the file has, of the two that PNG counts in. */
const bitsOf = (picture: Picture): 8 | 16 => (picture.bits > 8 ? 16 : 8)

/**
 * Writes a picture in the format of its name, or to standard output as PNG.
 * @returns what the input had and the result has not, each as a person would call it.
 * @throws InputError when it cannot be written.
 */
export async function writePicture(
  path: string,
  picture: Picture,
  bits: 8 | 16 | undefined,
): Promise<readonly string[]> {
  const format = formatOf(path === STANDARD_OUTPUT ? 'stdout.png' : path)
  if (format === undefined) throw new InputError(`${path} has no ending of an image; give one, such as .png`)
  const { bytes, dropped } = await interruptible(() => format.encode(picture, { bits: bits ?? bitsOf(picture) }))
  if (path === STANDARD_OUTPUT) await writeToStandardOutput(bytes)
  else await writeResult(path, bytes)
  return [...picture.metadata.dropped, ...dropped]
}

/** Resolves when the bytes have left; what becomes of errors is decided once for all output. */
const writeToStandardOutput = (bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(bytes, () => resolve())
  })
