import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeWhole } from '../../src/node/write-whole.ts'
import { temporaryFolder } from './helpers.ts'

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
  expect(await readdir(folder.path)).toEqual(['occupied'])
})
