/**
 * Makes the pictures in packages/mnist-sample, which the studio carries: the first 960 training and 240 test images of MNIST.
 *
 *   node packages/images/scripts/make-mnist-sample.ts
 */
import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { type ImageSet, writeIdx } from '../src/index.ts'
import { loadMnist } from '../src/node/mnist.ts'
import { sha256 } from '../src/sha256.ts'

/** Enough to see a network learn: 20 steps of the autoencoder's usual batch. */
const TRAIN = 960
/** Those that `noisescope train` looks at after each epoch. */
const TEST = 240
const target = new URL('../../mnist-sample/data/', import.meta.url)

const { train, test } = await loadMnist()
const sums = [
  await written('train-images-idx3-ubyte.gz', train, TRAIN),
  await written('t10k-images-idx3-ubyte.gz', test, TEST),
]
await writeFile(new URL('SHA256SUMS', target), sums.map((line) => `${line}\n`).join(''))

/** Writes one file and returns its line for `sha256sum --check`. */
async function written(name: string, { width, height, images }: ImageSet, count: number): Promise<string> {
  const idx = writeIdx({ shape: [count, height, width], data: images.subarray(0, count * height * width) })
  const packed = new Uint8Array(gzipSync(idx, { level: 9, memLevel: 9 }))
  await writeFile(new URL(name, target), packed)
  return `${await sha256(packed)}  ${name}`
}
