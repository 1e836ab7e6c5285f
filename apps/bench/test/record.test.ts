import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { record } from '../src/record.ts'
import { exampleResult } from './example-result.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noisescope-record-'))
})
afterAll(() => rm(folder, { recursive: true }))

const START = '<!-- bench --record: what stands below is written by the command -->'
const COMMAND = 'npx -y pnpm@12 bench --quick'

async function recorded(text: string, times: number): Promise<{ document: string; picture: string }> {
  const path = join(folder, 'performance.md')
  await writeFile(path, text)
  for (let i = 0; i < times; i++) await record(path, exampleResult(), COMMAND)
  return { document: await readFile(path, 'utf8'), picture: await readFile(join(folder, 'performance.svg'), 'utf8') }
}

describe('the record', () => {
  it('takes the place of an earlier one and leaves the rest of the document as it is', async () => {
    const { document } = await recorded(`# Title\n\n${START}\nan earlier run\n<!-- end -->\n\nAfterwards.\n`, 2)
    expect(document.startsWith(`# Title\n\n${START}\n`)).toBe(true)
    expect(document.endsWith('<!-- end -->\n\nAfterwards.\n')).toBe(true)
    expect(document).not.toContain('an earlier run')
    expect(document.split('### convolution')).toHaveLength(2)
  })

  it('says when, how and where it was measured, and shows its chart', async () => {
    const { document, picture } = await recorded(`${START}<!-- end -->`, 1)
    expect(document).toContain(
      `Measured on 2026-11-25 with \`${COMMAND}\` (1 round of at least 2 s) at revision abc1234.`,
    )
    expect(document).toContain('Dawn for Node 0.6.2')
    expect(document).toContain('](performance.svg)')
    expect(picture).toMatch(/^<svg /)
  })

  it('has tables whose rows are all as wide as their heading', async () => {
    const { document } = await recorded(`${START}<!-- end -->`, 1)
    const tables = document.split('\n\n').filter((block) => block.startsWith('|'))
    expect(tables).not.toHaveLength(0)
    for (const table of tables) {
      const widths = new Set(table.split('\n').map((line) => line.split('|').length))
      expect(widths.size, table).toBe(1)
    }
  })

  it('refuses a document without a measured part, and what is no file, and makes one that is not there', async () => {
    await expect(recorded('# Title\n', 1)).rejects.toThrow(/has no measured part/)
    await expect(record(folder, exampleResult(), COMMAND)).rejects.toThrow(/cannot be read \(EISDIR\)/)
    const made = join(folder, 'new', 'made.md')
    await record(made, exampleResult(), COMMAND)
    expect(await readFile(made, 'utf8')).toMatch(/^# Performance\n\n<!-- bench --record/)
  })
})
