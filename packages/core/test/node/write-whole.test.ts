import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ownProcess } from '../../src/node/processes.ts'
import { temporaryName } from '../../src/node/temporary-names.ts'
import { writeWhole } from '../../src/node/write-whole.ts'
import { endedProcess, killProgramAt, temporaryFolder } from './helpers.ts'

const posix = process.platform !== 'win32'

test('a file is replaced whole, in a folder that is made for it, and no temporary file stays', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'new', 'file.txt')
  await writeWhole(path, 'first')
  await writeWhole(path, 'second')
  expect(await readFile(path, 'utf8')).toBe('second')
  expect(await readdir(join(folder.path, 'new'))).toEqual(['file.txt'])
})

test('a write that fails leaves neither the file nor a temporary one', async () => {
  await using folder = await temporaryFolder()
  const occupied = join(folder.path, 'occupied')
  await writeFile(occupied, 'a file where a folder is needed')
  await expect(writeWhole(join(occupied, 'file.txt'), 'content')).rejects.toThrow()
  const place = join(folder.path, 'place')
  await mkdir(place)
  await expect(writeWhole(place, 'content')).rejects.toThrow()
  expect((await readdir(folder.path)).sort()).toEqual(['occupied', 'place'])
})

test.runIf(posix)('a link in the place of the file is replaced, and what it leads to stays as it was', async () => {
  await using folder = await temporaryFolder()
  const [own, link] = [join(folder.path, 'own.txt'), join(folder.path, 'link.txt')]
  await writeFile(own, 'own')
  await symlink(own, link)
  await writeWhole(link, 'result')
  expect(await readFile(own, 'utf8')).toBe('own')
  expect((await lstat(link)).isFile()).toBe(true)
  expect(await readFile(link, 'utf8')).toBe('result')
})

test.runIf(posix)(
  'the temporary name cannot be known before, so no link waits at the one of this process',
  async () => {
    await using folder = await temporaryFolder()
    const names = new Set(Array.from({ length: 1000 }, () => temporaryName(folder.path)))
    expect(names.size).toBe(1000)
    const own = join(folder.path, 'own.txt')
    await writeFile(own, 'own')
    const path = join(folder.path, 'file.txt')
    for (const name of [`${path}.tmp`, `${path}.${process.pid}.tmp`]) await symlink(own, name)
    await writeWhole(path, 'result')
    expect(await readFile(own, 'utf8')).toBe('own')
  },
)

test.runIf(posix)('a replaced file keeps its permissions', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'secret.txt')
  await writeFile(path, 'first')
  await chmod(path, 0o600)
  await writeWhole(path, 'second')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test.runIf(posix)('a pipe and a device are written to and stay what they are', async () => {
  await using folder = await temporaryFolder()
  const pipe = join(folder.path, 'pipe')
  execFileSync('mkfifo', [pipe])
  const read = text(createReadStream(pipe))
  await writeWhole(pipe, 'through the pipe')
  expect(await read).toBe('through the pipe')
  await writeWhole('/dev/null', 'nowhere')
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
})

test('what a process that was killed left unfinished is removed by the next that writes there, and nothing else', async () => {
  await using folder = await temporaryFolder()
  const program = `
    const { temporaryName } = await import('${new URL('../../src/node/temporary-names.ts', import.meta.url).href}')
    const { writeFile } = await import('node:fs/promises')
    await writeFile(temporaryName(process.argv[2]), 'half')
    process.stdout.write('written')
    setInterval(() => {}, 1000)`
  await killProgramAt('written', program, [folder.path])
  const [left = ''] = await readdir(folder.path)
  expect(left).toMatch(/\.tmp$/)
  const own = temporaryName(folder.path)
  const others = ['notes.tmp', '.noisescope.tmp', left.replace(/-[0-9a-f]{8}-/, '-00000000-')]
  for (const name of others) await writeFile(join(folder.path, name), '')
  await writeFile(own, 'being written')

  await writeWhole(join(folder.path, 'file.txt'), 'content')
  const names = await readdir(folder.path)
  expect(names).not.toContain(left)
  expect(names).toHaveLength(others.length + 2)
})

test('what a process of another machine has not touched for a day is removed too', async () => {
  await using folder = await temporaryFolder()
  const { space } = ownProcess()
  const name = temporaryName(folder.path).replace(space, '00000000')
  await writeFile(name, 'half')
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60
  await utimes(name, twoDaysAgo, twoDaysAgo)
  await writeWhole(join(folder.path, 'file.txt'), 'content')
  expect(await readdir(folder.path)).toEqual(['file.txt'])
})

test.runIf(process.platform === 'linux')('a process whose number another one has now has ended', async () => {
  const { hasEnded } = await import('../../src/node/processes.ts')
  const { space, pid, began } = ownProcess()
  expect(hasEnded({ space, pid, began })).toBe(false)
  expect(hasEnded({ space, pid, began: began - 1 })).toBe(true)
  expect(hasEnded({ space, pid: await endedProcess(), began })).toBe(true)
  expect(hasEnded({ space: '00000000', pid, began })).toBeUndefined()
})
