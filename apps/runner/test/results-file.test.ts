import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type RecordedResult, recordResult } from '../src/results-file.ts'
import { temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
const at = (name: string): string => join(temporary.path, name)
afterAll(() => temporary[Symbol.asyncDispose]())

const result = (sigma: number, psnr: number): RecordedResult => ({
  model: 'ffdnet',
  weights: 'w/FFDNet.pth',
  weightsSha256: 'abcdef0123456789',
  images: 'data/Set12',
  noise: { kind: 'gaussian', sd: sigma / 255 },
  seed: 0,
  compare: ['bm3d'],
  count: 12,
  mean: { noisy: { psnr: 20, ssim: 0.4 }, bm3d: { psnr: 29.9, ssim: 0.85 }, denoised: { psnr, ssim: 0.86 } },
})

test('results stand in one table, sorted, each once, and the rest of the file stays', async () => {
  const path = at('results.md')
  await recordResult(path, result(50, 27))
  await writeFile(path, `Before.\n${await readFile(path, 'utf8')}After.\n`)
  await recordResult(path, result(15, 32.5))
  await recordResult(path, result(50, 27.3))
  const text = await readFile(path, 'utf8')
  expect(text.startsWith('Before.')).toBe(true)
  expect(text.endsWith('After.\n')).toBe(true)
  const rows = text.split('\n').filter((line) => line.includes('FFDNet.pth (abcdef01)'))
  expect(rows).toHaveLength(2)
  expect(rows[0]).toContain('sigma 15 of 255')
  expect(rows[1]).toContain('**27.30 / 0.8600**')
  expect(rows[1]).toContain('bm3d 29.90 / 0.8500')
  expect(rows[1]).toContain(
    '`noisescope evaluate --model ffdnet --weights w/FFDNet.pth --images data/Set12 --sigma 50 --seed 0 --compare bm3d`',
  )
})

test('a file without the table is refused and left as it is', async () => {
  const path = at('other.md')
  await writeFile(path, 'Something else.')
  await expect(recordResult(path, result(15, 30))).rejects.toThrow(/other\.md has no table of results/)
  expect(await readFile(path, 'utf8')).toBe('Something else.')
})
