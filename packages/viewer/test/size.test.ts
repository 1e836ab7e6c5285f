import { expect, test } from 'vitest'
import { bundle, staticSize } from '../scripts/bundle.ts'

/** All that a page loads to show a recorded trace, Lit and the reader included (bytes by gzip). */
const MOST = 40_000

test('the recorded viewer is at most 40 kB by gzip, and the engine is not in it', async () => {
  const chunks = await bundle({ live: false })
  const size = staticSize(chunks)
  console.info(`the recorded viewer has ${size} bytes by gzip`)
  expect(size).toBeGreaterThan(MOST / 2)
  expect(size).toBeLessThanOrEqual(MOST)
  for (const { code } of chunks) expect(code).not.toMatch(/createShaderModule|requestAdapter/)
})
