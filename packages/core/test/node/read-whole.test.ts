import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { readWhole } from '../../src/node/read-whole.ts'
import { temporaryFolder } from './helpers.ts'

test('a file is read whole, also one that is empty or longer than one read of a pipe', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file')
  for (const content of [Buffer.alloc(0), Buffer.from('content'), Buffer.alloc(3_000_001, 'long ')]) {
    await writeFile(path, content)
    expect((await readWhole(path)).equals(content)).toBe(true)
  }
})

test('a file of more than the most is not read', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file')
  await writeFile(path, Buffer.alloc(2 ** 20 + 1))
  await expect(readWhole(path, { most: 2 ** 20 })).rejects.toThrow('file has more than 1 MiB, the most that is read')
  expect(await readWhole(path, { most: 2 ** 20 + 1 })).toHaveLength(2 ** 20 + 1)
})

test('a file that is not there, a folder, and a link to itself are refused in the words that are given', async () => {
  await using folder = await temporaryFolder()
  const loop = join(folder.path, 'loop')
  await symlink(loop, loop)
  const missing = join(folder.path, 'missing')
  await expect(readWhole(missing)).rejects.toThrow(new InputError(`${missing} is not there`))
  const refusal = (finding: string) => `the mask ${finding}`
  await expect(readWhole(folder.path, { refusal })).rejects.toThrow(new InputError('the mask is a folder'))
  await expect(readWhole(loop, { refusal })).rejects.toThrow(new InputError('the mask cannot be read (ELOOP)'))
})

test.runIf(process.platform !== 'win32')('a pipe is read to its end', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'pipe')
  execFileSync('mkfifo', [path])
  const content = Buffer.alloc(2_500_000, 'piped ')
  const reading = readWhole(path)
  createWriteStream(path).end(content)
  expect((await reading).equals(content)).toBe(true)
})

test.runIf(process.platform !== 'win32')('what never ends is given up at the most', async () => {
  await expect(readWhole('/dev/zero', { most: 2 ** 22 })).rejects.toThrow('/dev/zero has more than 4 MiB')
})
