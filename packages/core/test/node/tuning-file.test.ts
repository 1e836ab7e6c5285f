import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cacheFolder } from '../../src/node/cache-folder.ts'
import { fileTable } from '../../src/node/tuning-file.ts'
import { TABLE_VERSION } from '../../src/tune/table.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuning-'))
  vi.stubEnv('XDG_CACHE_HOME', folder)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test.runIf(process.platform === 'linux')(
  'winners that were saved are there in the next table, and unsaved ones are not',
  async () => {
    const first = await fileTable()
    first.set('adapter | conv2d', 'direct 8')
    await first.save()
    first.set('adapter | other', 'direct 4')
    const second = await fileTable()
    expect(second.get('adapter | conv2d')).toBe('direct 8')
    expect(second.get('adapter | other')).toBeUndefined()
  },
)

test.runIf(process.platform === 'linux')('a damaged table counts as empty and is replaced whole', async () => {
  const path = join(cacheFolder(), `tuning-${TABLE_VERSION}.json`)
  await writeFile(path, '{"adapter | conv2d": "dir')
  const table = await fileTable()
  expect(table.get('adapter | conv2d')).toBeUndefined()
  table.set('adapter | conv2d', 'gemm')
  await table.save()
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ 'adapter | conv2d': 'gemm' })
})
