import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readStudyFile } from '@noisescope/study'
import { afterAll, expect, test } from 'vitest'
import { recordStudy } from '../src/study/record.ts'
import { temporaryFolder } from './command.ts'

const temporary = await temporaryFolder()
const at = (name: string): string => join(temporary.path, name)
afterAll(() => temporary[Symbol.asyncDispose]())

const read = readStudyFile(
  gunzipSync(await readFile(new URL('../../studio/examples/study.json.gz', import.meta.url))).toString(),
  'study.json',
)
const study = 'cells' in read ? read : expect.fail('no study')
const flags = { seed: 3, noises: ['gaussian', 'laplace'] as const, images: 40, quick: true, full: false }

test('a study is recorded with date, version, adapter and the command that does it again', async () => {
  const path = at('study.md')
  await recordStudy(path, study, { flags, date: '2026-11-25' })
  const text = await readFile(path, 'utf8')
  expect(text).toContain(`2026-11-25, ${study.createdBy}, on ${study.adapter}, by\n`)
  expect(text).toContain(
    `\n    noisescope study --seed 3 --quick --noises gaussian laplace --images 40 --record ${path}\n`,
  )
})

test('its answer and its numbers are those of the study', async () => {
  const path = at('numbers.md')
  await recordStudy(path, study, { flags, date: '2026-11-25' })
  const text = await readFile(path, 'utf8')
  expect(text).toContain(`> ${study.answer.claim}\n`)
  expect(study.further.length).toBe(2)
  for (const { claim, sentences } of [study.answer, ...study.further]) {
    expect(text).toContain(`> ${claim}\n`)
    for (const sentence of sentences) expect(text).toContain(`- ${sentence}\n`)
  }
  for (const { evaluation, separation } of study.cells) {
    const { psnr, ssim } = evaluation.denoised
    expect(text).toContain(`| ${psnr?.toFixed(2)} / ${ssim.toFixed(3)} |`)
    for (const { scores } of separation) {
      const { value, interval, basis } = scores.gap.f1
      const count = basis?.values.toLocaleString('en')
      expect(text).toContain(
        `| ${value?.toFixed(3)} [${interval?.low.toFixed(3)}, ${interval?.high.toFixed(3)}] of ${count} |`,
      )
    }
  }
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  // A bar within a cell would end it.
  for (const row of rows) expect(row.replaceAll('\\|', '')).toMatch(/^\| (.* \| )*.* \|$/)
  expect(text).toContain('randomised \\|map\\|')
})

test('it stands in the place of an earlier one, and the rest of the file stays', async () => {
  const path = at('again.md')
  await recordStudy(path, study, { flags, date: '2026-11-24' })
  await writeFile(path, `Before.\n${await readFile(path, 'utf8')}After.\n`)
  await recordStudy(path, study, { flags, date: '2026-11-25' })
  const once = await readFile(path, 'utf8')
  expect(once).not.toContain('2026-11-24')
  expect(once.startsWith('Before.\n# The study\n')).toBe(true)
  expect(once.endsWith('<!-- end -->\nAfter.\n')).toBe(true)
  await recordStudy(path, study, { flags, date: '2026-11-25' })
  expect(await readFile(path, 'utf8')).toBe(once)
})

test('a file without a place for it is refused and left as it is', async () => {
  const path = at('other.md')
  await writeFile(path, 'Something else.')
  await expect(recordStudy(path, study, { flags, date: '2026-11-25' })).rejects.toThrow(
    /other\.md has no place for a study to write into; expected the lines <!-- noisescope study --record/,
  )
  expect(await readFile(path, 'utf8')).toBe('Something else.')
})
