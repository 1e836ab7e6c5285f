import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { InputError } from '@noisescope/core'
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
  expect('cells' in read && read.cells[0]?.separation[0]?.scores.gap.f1).toMatchObject({ value: null, interval: null })
})

test('what is no study is refused with the place at which it is not', async () => {
  const study = await example()
  delete study.cells[1].evaluation.noisy.ssim
  expect(() => readStudyFile(JSON.stringify(study), 'a.json')).toThrow(
    'a.json.cells[1].evaluation.noisy.ssim is nothing; expected a number',
  )
  expect(() => readStudyFile('{', 'a.json')).toThrow('a.json is not JSON')
  expect(() => readStudyFile(JSON.stringify({ ...study, cells: [] }), 'a.json')).toThrow('a study without cells')
  expect(() => readStudyFile('{"figures":[]}', 'a.json')).toThrow('a.json.result is nothing; expected an object')
})

test('a file of any depth or type is refused in one kind of error, and quotes no more than it shows', async () => {
  const study = await example()
  const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`
  const wrong: readonly unknown[] = [null, 1, 'x'.repeat(1e6), [], {}, true, [[[[[]]]]], { toString: 1, valueOf: 1 }]
  const texts = [
    deep,
    JSON.stringify({ ...study, createdBy: 0 }).replace('"createdBy":0', `"createdBy":${deep}`),
    ...wrong.map((value) => JSON.stringify({ ...study, cells: value })),
    ...wrong.map((value) => JSON.stringify({ ...study, cells: [value] })),
    ...wrong.map((value) => JSON.stringify({ result: value, figures: value })),
    ...wrong.map((value) => JSON.stringify(value)),
    '{"createdBy":"x","quick":true,"seed":1e999}',
    '"'.repeat(1e5),
  ]
  for (const json of texts) {
    expect(() => readStudyFile(json, 'a.json'), json.slice(0, 80)).toThrow(InputError)
    expect(() => readStudyFile(json, 'a.json'), json.slice(0, 80)).toThrow(/^.{1,400}$/)
  }
})

test('what a page shows of a study has no control or direction characters, and pictures are base64 alone', async () => {
  const study = await example()
  study.cells[0].dataset = '\x1b[2J\u202e<b>\n'
  const read = readStudyFile(JSON.stringify(study), 'a.json')
  expect('cells' in read && read.cells[0]?.dataset).toBe('[2J<b> ')
  const figure = { caption: '', png: '" onload="x', width: 1, height: 1 }
  const cell = JSON.stringify({ result: { name: 'a' }, figures: [figure] })
  expect(() => readStudyFile(cell, 'a.json')).toThrow('a.json.figures[0].png is "" onload="x"; expected base64')
})
