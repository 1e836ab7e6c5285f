import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeSafetensors } from '@noisescope/nn'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { processOutput, table } from '../src/output.ts'
import { printableJson } from '../src/printable-json.ts'
import { escaped, figureHtml, tableHtml } from '../src/study/html.ts'
import { run, temporaryFolder, writePicture } from './command.ts'

/** What a terminal acts upon: all of C0 and C1 but line ends and tabs, marks of direction. */
const ACTS = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
/** Clears the screen, sets the window's title, turns what follows around. */
const ESCAPE = '\x1b[2J\x1b]0;owned\x07\u202e\u0085\x9b31m'

const temporary = await temporaryFolder()
const folder = temporary.path
beforeAll(async () => {
  const tensors = new Map([[`${ESCAPE}.weight`, { shape: [1], data: Float32Array.of(1) }]])
  const notes = { model: ESCAPE, options: ESCAPE, noise: ESCAPE, format: ESCAPE }
  await writeFile(join(folder, 'names.safetensors'), writeSafetensors(tensors))
  await writeFile(join(folder, 'notes.safetensors'), writeSafetensors(tensors, notes))
  await writeFile(join(folder, 'key.json'), JSON.stringify({ [ESCAPE]: 1 }))
  await writeFile(join(folder, 'value.json'), JSON.stringify({ epochs: ESCAPE }))
  await writeFile(join(folder, 'objects.json'), JSON.stringify({ epochs: { toString: 1, valueOf: 1 } }))
  await writeFile(join(folder, 'deep.json'), `{"epochs":${'['.repeat(2e4)}${']'.repeat(2e4)}}`)
  await writePicture(join(folder, 'picture.png'), 3, 3)
  if (process.platform === 'linux') await writeFile(join(folder, `${ESCAPE}.png`), 'no picture')
})
afterAll(() => temporary[Symbol.asyncDispose]())

test.concurrent.each([
  [['denoise', 'picture.png', '--weights', 'names.safetensors'], /weights of no model that is known here/],
  [['denoise', 'picture.png', '--weights', 'notes.safetensors'], /owned/],
  [['denoise', 'picture.png', '--weights', 'notes.safetensors', '--debug'], /owned/],
  [['denoise', '.', '--weights', ESCAPE], /owned/],
  [['train', '--config', 'key.json'], /unknown key.*owned/],
  [['train', '--config', 'value.json'], /epochs is .*owned/],
  [['train', '--config', 'objects.json'], /epochs is \{"toString":1,"valueOf":1\}; expected a text or a number/],
  [['train', '--config', 'deep.json'], /deep\.json nests more than 100 levels deep/],
  [['view', 'notes.safetensors'], /its format is \[2J/],
  [['train', '--model', ESCAPE], /owned/],
  [[ESCAPE], /unknown command/],
])('%j writes nothing that a terminal acts upon', async (typed, answer) => {
  const { code, stdout, stderr } = await run(folder, ...typed)
  expect(stderr).toMatch(answer)
  expect(stdout + stderr).not.toMatch(ACTS)
  for (const line of stderr.split('\n')) expect(line.length).toBeLessThan(1000)
  expect(code).toBe(2)
})

test('lines, tables and JSON of a command have no character that a terminal acts upon, and JSON loses none', () => {
  const written: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  }
  const output = processOutput({ json: true })
  for (const line of table([[ESCAPE, `a\n${ESCAPE}`]])) output.line(line)
  output.note(ESCAPE)
  output.result({ [ESCAPE]: ESCAPE })
  vi.restoreAllMocks()
  expect(written.join('')).toContain('owned')
  expect(written.join('')).not.toMatch(ACTS)
  expect(JSON.parse(printableJson({ [ESCAPE]: [ESCAPE, '👩\u2028'] }))).toEqual({ [ESCAPE]: [ESCAPE, '👩\u2028'] })
})

describe('a page', () => {
  const markup = '1"><script>alert(1)</script><i x="'
  /** As a number of a file may turn out to be. */
  const asNumber = markup as unknown as number

  test('escapes what should be a number as it does texts', () => {
    const html = [
      figureHtml(new Uint8Array(), markup, { width: asNumber, height: asNumber }),
      tableHtml(markup, [[markup], [markup, String(asNumber)]], markup),
      escaped(asNumber),
    ].join('')
    expect(html).not.toMatch(/<script|<i /)
    expect(escaped(12.5)).toBe('12.5')
    expect(escaped(ESCAPE)).not.toMatch(ACTS)
  })
})
