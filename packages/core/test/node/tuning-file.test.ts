import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cacheFolder } from '../../src/node/cache-folder.ts'
import { fileTable } from '../../src/node/tuning-file.ts'
import { TABLE_VERSION } from '../../src/tune/table.ts'
import { startProgram } from './helpers.ts'

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

test.runIf(process.platform === 'linux')(
  'two processes that save at the same time keep the winners of both',
  async () => {
    const program = `
    const { fileTable } = await import('${new URL('../../src/node/tuning-file.ts', import.meta.url).href}')
    const table = await fileTable()
    for (let i = 0; i < 25; i++) {
      table.set(process.argv[2] + i, 'direct ' + i)
      await table.save()
    }
    process.stdout.write('saved')`
    const programs = await Promise.all(['a', 'b'].map((name) => startProgram(program, [name])))
    await Promise.all(programs.map((running) => running.said(/saved/)))
    const table = await fileTable()
    for (const name of ['a', 'b']) {
      for (let i = 0; i < 25; i++) expect(table.get(`${name}${i}`), `${name}${i}`).toBe(`direct ${i}`)
    }
    expect(await readdir(cacheFolder())).toEqual([`tuning-${TABLE_VERSION}.json`])
  },
)

test.runIf(process.platform === 'linux')(
  'what a table has saved and the file has lost since does not come back',
  async () => {
    const table = await fileTable()
    table.set('adapter | kept', 'direct')
    await table.save()
    await rm(join(cacheFolder(), `tuning-${TABLE_VERSION}.json`))
    table.set('adapter | new', 'gemm')
    await table.save()
    const again = await fileTable()
    expect([again.get('adapter | kept'), again.get('adapter | new')]).toEqual([undefined, 'gemm'])
  },
)

test.runIf(process.platform === 'linux')(
  'a folder that cannot be written is told, and what was found holds in the process',
  async () => {
    // Not even root makes folders in /proc, where Node's own recursive mkdir would never end.
    for (const [place, code] of [
      [join(folder, 'file', 'cache'), 'ENOTDIR'],
      ['/proc/nowhere', 'ENOENT'],
    ] as const) {
      await writeFile(join(folder, 'file'), '')
      vi.stubEnv('XDG_CACHE_HOME', place)
      const table = await fileTable()
      table.set('adapter | conv2d', 'gemm')
      await table.save()
      expect(table.problem).toContain(`cannot be written (${code})`)
      expect(table.get('adapter | conv2d')).toBe('gemm')
      vi.stubEnv('XDG_CACHE_HOME', folder)
      await table.save()
      expect(table.problem).toBeUndefined()
    }
  },
)
