import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readIdx } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import { expect, test } from 'vitest'

test('the sample of MNIST that the studio carries is the first pictures of each half, in a package with their licence', async () => {
  const { resolve } = createRequire(new URL('../apps/studio/package.json', import.meta.url))
  const { train, test: held } = await loadDataset('mnist')
  for (const [name, set, count] of [
    ['train-images-idx3-ubyte.gz', train, 960],
    ['t10k-images-idx3-ubyte.gz', held, 240],
  ] as const) {
    const { shape, data } = await readIdx(await readFile(resolve(`@noisescope/mnist-sample/data/${name}`)))
    expect(shape).toEqual([count, 28, 28])
    expect(Buffer.compare(data, set.images.subarray(0, count * 28 * 28))).toBe(0)
  }
  const manifest = JSON.parse(await readFile(resolve('@noisescope/mnist-sample/package.json'), 'utf8'))
  expect(manifest.license).toBe('CC-BY-SA-3.0')
})
