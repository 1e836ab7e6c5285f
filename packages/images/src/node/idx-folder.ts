import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { readWhole } from '@noisescope/core/node'
import type { IdxFiles } from '../image-set.ts'

/** The four files of a data set in a folder, read as they are. */
export interface IdxFolder {
  readonly train: IdxFiles
  readonly test: IdxFiles
}

type Half = 'train' | 'test'
type Kind = 'images' | 'labels'

/** As MNIST's files are called, such as t10k-images-idx3-ubyte, with or without .gz; `test` may stand for `t10k`. */
const FILE_NAME = /^(train|t10k|test)-(images|labels)[-.]idx\d-ubyte(\.gz)?$/

/**
 * Reads a folder of IDX files named as MNIST's are; the labels may be missing.
 *
 * @throws InputError if the folder or the images of a half are missing
 */
export async function readIdxFolder(folder: string): Promise<IdxFolder> {
  const names = await listFolder(folder)
  const read = async (half: Half, kind: Kind): Promise<Uint8Array | undefined> => {
    const name = names.find((candidate) => isFileOf(candidate, half, kind))
    return name === undefined ? undefined : readWhole(join(folder, name))
  }
  const readHalf = async (half: Half): Promise<IdxFiles> => {
    const images = await read(half, 'images')
    if (images === undefined) {
      const wanted = half === 'train' ? 'train-images-idx3-ubyte' : 't10k-images-idx3-ubyte'
      throw new InputError(
        `${folder} has no ${wanted}[.gz]; a data set is a folder of IDX files named as MNIST's are` +
          ' (PNG and JPEG files are read as single images, not as a data set)',
      )
    }
    const labels = await read(half, 'labels')
    return labels === undefined ? { images } : { images, labels }
  }
  return { train: await readHalf('train'), test: await readHalf('test') }
}

function isFileOf(name: string, half: Half, kind: Kind): boolean {
  const parts = FILE_NAME.exec(name)
  return parts !== null && (parts[1] === 'train') === (half === 'train') && parts[2] === kind
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (cause) {
    throw new InputError(`The folder ${folder} cannot be read; does it exist?`, { cause })
  }
}
