import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { it } from 'vitest'

const FILE = new URL('../../../../../shared/data/fashion-mnist/t10k-images-idx3-ubyte.gz', import.meta.url)
const HEADER_BYTES = 16

export const PIXELS = 28 * 28

/** A test over the first `count` test images of Fashion-MNIST on 0..1; without the file it is skipped with the reason, and fails in CI. */
export function itWithFashionMnist(name: string, count: number, test: (images: Float32Array) => void): void {
  const skip = !existsSync(FILE) && process.env.CI !== 'true'
  if (skip) console.warn(`skipped, since ${FILE.pathname} is not there: ${name}`)
  it.skipIf(skip)(name, () => {
    const bytes = gunzipSync(readFileSync(FILE)).subarray(HEADER_BYTES, HEADER_BYTES + count * PIXELS)
    test(Float32Array.from(bytes, (value) => value / 255))
  })
}
