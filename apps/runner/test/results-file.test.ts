import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type RecordedResult, recordResult } from '../src/results-file.ts'
import { loadWeights } from '../src/weights.ts'
import { temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
const at = (name: string): string => join(temporary.path, name)
afterAll(() => temporary[Symbol.asyncDispose]())

const WEIGHTS = at('FFDNet.pth')
const sha256 = () => '9a129038c2d8b8f1'

const result = (sigma: number, psnr: number): RecordedResult => ({
  weights: { path: WEIGHTS, shipped: false, sha256 },
  set: 'Set12, 12',
  noise: { kind: 'gaussian', sd: sigma / 255 },
  flags: { model: 'ffdnet', images: 'data/Set12', seed: 0, compare: ['bm3d', 'median'], full: false, data: undefined },
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
  const rows = text.split('\n').filter((line) => line.includes('FFDNet.pth (9a129038)'))
  expect(rows).toHaveLength(2)
  expect(rows[0]).toContain('sigma 15 of 255')
  expect(rows[1]).toContain('**27.30 / 0.8600**')
  expect(rows[1]).toContain('bm3d 29.90 / 0.8500')
  expect(rows[1]).toContain(
    `\`noisescope evaluate --model ffdnet --weights ${WEIGHTS} --images data/Set12 --seed 0 --compare bm3d median --sigma 50\``,
  )
})

test('the command of shipped weights names none, and noise only where it is not the usual', async () => {
  const path = at('shipped.md')
  const shipped = {
    ...result(25, 28),
    weights: { path: WEIGHTS, shipped: true, sha256 },
    flags: { dataset: 'mnist', full: true },
  }
  await recordResult(path, { ...shipped, noise: { kind: 'laplace', scale: 0.2 } })
  await recordResult(path, { ...shipped, noise: { kind: 'salt-and-pepper', amount: 0.3, classic: true } })
  const text = await readFile(path, 'utf8')
  expect(text).toContain('`noisescope evaluate --dataset mnist --full --noise laplace`')
  expect(text).toContain('`noisescope evaluate --dataset mnist --full --noise salt-and-pepper --amount 0.3 --classic`')
})

test('a table that a formatter has padded is still the same table', async () => {
  const path = at('padded.md')
  await recordResult(path, result(15, 32))
  await recordResult(path, result(50, 27))
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replaceAll(' | ', '    | ').replaceAll('---|', '------ | '))
  await recordResult(path, result(50, 27))
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a recorded command runs as it stands, whatever the files are called', async () => {
  const path = at('words.md')
  const images = ["it's", 'a|b', 'two words', 'back`tick', '$HOME "100%" \\n', '*.png', '-x.png', 'tab\tü']
  const shown = { ...result(25, 30), set: 'a|b, 8', flags: { images, compare: ['bm3d', 'median'] } }
  await recordResult(path, shown)
  await recordResult(path, { ...shown, noisy: 'clipped' })
  await recordResult(path, { ...shown, mean: { ...shown.mean, denoised: { psnr: 31, ssim: 0.9 } } })
  const rows = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes('FFDNet.pth'))
  expect(rows).toHaveLength(2)
  expect(rows[1]).toContain('sigma 25 of 255, clipped')
  const [, command = ''] = /`noisescope (.*)`/.exec(rows[0] ?? '') ?? []
  expect(command).not.toMatch(/[|`]/)
  const said = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' }).split('\0')
  const named = images.map((name) => (name.startsWith('-') ? `./${name}` : name))
  expect(said).toEqual([
    ...['evaluate', '--weights', WEIGHTS, '--images', ...named, '--compare', 'bm3d', 'median', '--sigma', '25'],
    '',
  ])
})

test('a file without the table is refused and left as it is', async () => {
  const path = at('other.md')
  await writeFile(path, 'Something else.')
  await expect(recordResult(path, result(15, 30))).rejects.toThrow(/other\.md has no table of results/)
  expect(await readFile(path, 'utf8')).toBe('Something else.')
})

test('the checksum of weights is that of their file', async () => {
  const { path, sha256: ofShipped } = await loadWeights()
  const expected = createHash('sha256').update(await readFile(path))
  expect(ofShipped()).toBe(expected.digest('hex'))
})
