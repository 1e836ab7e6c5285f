import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../src/node/make-folder.ts'
import { temporaryFolder } from './helpers.ts'

test('makes the folders that lead to it', async () => {
  await using folder = await temporaryFolder()
  await makeFolder(join(folder.path, 'a', 'b', 'c'))
  expect((await stat(join(folder.path, 'a', 'b', 'c'))).isDirectory()).toBe(true)
})

test('many calls at once make folders of one parent', async () => {
  await using folder = await temporaryFolder()
  for (let round = 0; round < 30; round++) {
    const deep = join(folder.path, String(round), 'a', 'b')
    // Calls that start a turn later find a parent that the earlier ones have just made.
    await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        for (let turn = 0; turn < index % 6; turn++) await new Promise(setImmediate)
        await makeFolder(join(deep, String(index % 4)))
      }),
    )
    for (let name = 0; name < 4; name++) expect((await stat(join(deep, String(name)))).isDirectory()).toBe(true)
  }
})

test('ends with the error of the file system where there is no room for folders', async () => {
  await using folder = await temporaryFolder()
  await expect(makeFolder('/proc/none/of/these')).rejects.toMatchObject({ code: 'ENOENT' })
  await writeFile(join(folder.path, 'file'), '')
  await expect(makeFolder(join(folder.path, 'file', 'deep'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(makeFolder(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
})
