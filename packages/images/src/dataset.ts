import { InputError } from '@noisescope/core'
import { type IdxFiles, type ImageSet, readImageSet } from './image-set.ts'
import { sha256 } from './sha256.ts'

/** What is known about a data set beside its images. */
export interface DatasetOrigin {
  readonly name: string
  readonly licence: string
  /** Where the images come from and which part of them this is. */
  readonly source: string
}

/** A data set in its true halves: nothing that a network is judged on may have trained it. */
export interface Dataset extends DatasetOrigin {
  readonly train: ImageSet
  readonly test: ImageSet
  /**
   * SHA-256 (hexadecimal) of the bytes of the training images, their labels, the test images and theirs, in a row:
   * it names the content, however the files were packed.
   */
  readonly checksum: string
}

/**
 * Makes a data set of the bytes of its IDX files.
 *
 * @throws InputError as {@link readImageSet}, and if the halves differ in size or channels
 */
export async function readDataset(
  origin: DatasetOrigin,
  files: { readonly train: IdxFiles; readonly test: IdxFiles },
): Promise<Dataset> {
  const train = await readImageSet(files.train, `${origin.name} (train)`)
  const test = await readImageSet(files.test, `${origin.name} (test)`)
  return createDataset(origin, train, test)
}

/** Joins two sets into a data set; throws InputError if they differ in size or channels. */
export async function createDataset(origin: DatasetOrigin, train: ImageSet, test: ImageSet): Promise<Dataset> {
  const size = ({ width, height, channels }: ImageSet): string => `${width}x${height} of ${channels} channels`
  if (size(train) !== size(test)) {
    throw new InputError(`${origin.name} has training images of ${size(train)} but test images of ${size(test)}`)
  }
  const parts = [train.images, train.labels, test.images, test.labels].filter((part) => part !== undefined)
  return { ...origin, train, test, checksum: await sha256(...parts) }
}
