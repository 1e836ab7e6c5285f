import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeLock } from '../../src/node/file-lock.ts'
import { ownProcess } from '../../src/node/processes.ts'
import { killProgramAt, runProgram, startProgram, temporaryFolder } from './helpers.ts'

const DOOR = new URL('../../src/node/index.ts', import.meta.url).href

/** A program that takes the lock of its first argument, says so, and keeps it. */
const HOLDER = `
  const { takeLock } = await import('${DOOR}')
  const taken = await takeLock(process.argv[2])
  process.stdout.write('lock' in taken ? 'held' : 'refused')
  if ('lock' in taken) setInterval(() => {}, 1000)`

test('a lock that a living process holds is refused with its number and machine, and is free when that gives it back', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lock')
  const first = await takeLock(path)
  if (!('lock' in first)) throw new Error('a new lock was refused')
  const { pid, host } = ownProcess()
  expect(await takeLock(path)).toEqual({ heldBy: expect.objectContaining({ pid, host, since: expect.any(String) }) })
  const { output } = await runProgram(HOLDER, {}, [path])
  expect(output).toBe('refused')
  expect(first.lock.isHeld()).toBe(true)
  first.lock[Symbol.dispose]()
  expect(await readdir(folder.path)).toEqual([])
  const again = await takeLock(path)
  expect(again).toHaveProperty('lock')
  if ('lock' in again) again.lock[Symbol.dispose]()
})

test('the lock of a process that was killed is taken over', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lock')
  await killProgramAt('held', HOLDER, [path])
  expect(await readdir(folder.path)).toEqual(['lock'])
  const taken = await takeLock(path)
  if (!('lock' in taken)) throw new Error(`the lock was refused: ${await readFile(path, 'utf8')}`)
  using _ = taken.lock
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('of processes that find an abandoned lock at the same time one takes it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lock')
  await killProgramAt('held', HOLDER, [path])
  const programs = await Promise.all(Array.from({ length: 4 }, () => startProgram(HOLDER, [path])))
  const said = await Promise.all(programs.map((program) => program.said(/held|refused/)))
  expect(said.filter((word) => word === 'held')).toHaveLength(1)
  await Promise.all(programs.map((program) => program.kill()))
})

test('a process that ends by itself or by exit leaves no lock', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lock')
  await runProgram(HOLDER.replace('setInterval(() => {}, 1000)', 'process.exit(0)'), {}, [path])
  expect(await readdir(folder.path)).toEqual([])
})

test('a lock of another machine, or one that is damaged, is held until it has been silent for minutes', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lock')
  const foreign = { host: 'elsewhere', space: '00000000', pid: 1, began: 5, since: '2026-01-01T00:00:00.000Z' }
  for (const [content, heldBy] of [
    [JSON.stringify(foreign), foreign],
    ['{"host": "els', undefined],
  ] as const) {
    await writeFile(path, content)
    expect(await takeLock(path)).toEqual({ heldBy })
    const before = Date.now() / 1000 - 600
    await utimes(path, before, before)
    const taken = await takeLock(path)
    expect(taken).toHaveProperty('lock')
    if ('lock' in taken) taken.lock[Symbol.dispose]()
  }
})

test('a lock that was taken away is no longer held, and is not removed by its former holder', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'lock')
  const taken = await takeLock(path)
  if (!('lock' in taken)) throw new Error('a new lock was refused')
  await writeFile(path, '{}')
  expect(taken.lock.isHeld()).toBe(false)
  taken.lock[Symbol.dispose]()
  expect(await readdir(folder.path)).toEqual(['lock'])
})
