import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
  await expect(readWhole(path, 2 ** 20)).rejects.toMatchObject({ code: 'EFBIG', message: /file has more than 1 MiB/ })
  expect(await readWhole(path, 2 ** 20 + 1)).toHaveLength(2 ** 20 + 1)
})

test('a file that is not there, and a folder, are told by the file system', async () => {
  await using folder = await temporaryFolder()
  await expect(readWhole(join(folder.path, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readWhole(folder.path)).rejects.toMatchObject({ code: 'EISDIR' })
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
  await expect(readWhole('/dev/zero', 2 ** 22)).rejects.toMatchObject({ code: 'EFBIG' })
})
