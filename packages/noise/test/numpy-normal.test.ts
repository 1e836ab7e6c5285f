import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { numpyNormal } from '../src/index.ts'

const REFERENCE = new URL('../../../../shared/data/reference/', import.meta.url)

it('draws what numpy.random.seed(seed); numpy.random.standard_normal(n) draws', () => {
  expect([...numpyNormal(0, 5)]).toEqual([
    1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
  ])
  expect([...numpyNormal(1, 3)]).toEqual([1.6243453636632417, -0.6117564136500754, -0.5281717522634557])
  expect(numpyNormal(2 ** 32 - 1, 1)[0]).not.toBe(numpyNormal(2 ** 32 - 2, 1)[0])
})

const absent = !existsSync(REFERENCE) && process.env.CI !== 'true'
if (absent) console.warn(`skipped, since ${REFERENCE.pathname} is not there: the reference's noise`)

it.skipIf(absent)('is, bit for bit, the noise of the reference images', () => {
  const values = (name: string): Float32Array => {
    const bytes = readFileSync(new URL(name, REFERENCE))
    return new Float32Array(new Uint8Array(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer)
  }
  const clean = values('set12_01_clean.npy')
  const normal = numpyNormal(0, clean.length)
  const noisy = clean.map((value, i) => value + (25 / 255) * (normal[i] as number))
  expect(noisy).toEqual(values('set12_01_noisy25.npy'))
})
