import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readStudyFile } from '../src/index.ts'

const example = async () =>
  JSON.parse(
    gunzipSync(await readFile(new URL('../../../apps/studio/examples/study.json.gz', import.meta.url))).toString(),
  )

test('a study that its command wrote is read, also where scores are not defined', async () => {
  const study = await example()
  study.cells[0].separation[0].scores.gap.f1 = { value: null, interval: null }
  const read = readStudyFile(JSON.stringify(study), 'study.json')
  expect('cells' in read && read.cells[0]?.separation[0]?.scores.gap.f1).toEqual({ value: null, interval: null })
})

test('what is no study is refused with the place at which it is not', async () => {
  const study = await example()
  delete study.cells[1].evaluation.noisy.ssim
  expect(() => readStudyFile(JSON.stringify(study), 'a.json')).toThrow(
    'a.json.cells[1].evaluation.noisy.ssim is nothing; expected a number',
  )
  expect(() => readStudyFile('{', 'a.json')).toThrow('a.json is no JSON file')
  expect(() => readStudyFile(JSON.stringify({ ...study, cells: [] }), 'a.json')).toThrow('a study without cells')
  expect(() => readStudyFile('{"figures":[]}', 'a.json')).toThrow('a.json.result is nothing; expected an object')
})
