import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { InputError } from '@noisescope/core'
import { type Dataset, readDataset } from '../dataset.ts'
import { loadFashionMnist, loadFashionMnistSubset } from './fashion-mnist.ts'
import { readIdxFolder } from './idx-folder.ts'
import { loadMnist } from './mnist.ts'

/** The data sets that have a name; every other name is that of a folder. */
export const DATASET_NAMES = ['fashion-mnist', 'mnist'] as const

export interface LoadDatasetOptions {
  /** All of Fashion-MNIST instead of the subset that the package carries; MNIST is always whole. */
  readonly full?: boolean
  /** A folder with the four IDX files of the full set to take it from. */
  readonly data?: string
}

/**
 * Loads 'fashion-mnist' (embedded subset, or whole), 'mnist' (whole), or a folder of IDX files of one's own.
 *
 * @throws InputError if there is no such data set or folder, or its files are missing, damaged or of another kind
 */
export async function loadDataset(nameOrFolder: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  const { full = false, data } = options
  switch (nameOrFolder) {
    case 'fashion-mnist':
      return full || data !== undefined ? loadFashionMnist(data) : loadFashionMnistSubset()
    case 'mnist':
      return data === undefined ? loadMnist() : loadFolder(data, 'mnist')
    default:
      return loadFolder(nameOrFolder, basename(resolve(nameOrFolder)))
  }
}

async function loadFolder(folder: string, name: string): Promise<Dataset> {
  if (!existsSync(folder)) {
    throw new InputError(
      `There is no data set or folder ${folder}; give one of ${DATASET_NAMES.join(', ')}, or a folder of IDX files`,
    )
  }
  return readDataset(
    { name, licence: 'not known: files of your own', source: `IDX files in ${resolve(folder)}` },
    await readIdxFolder(folder),
  )
}
