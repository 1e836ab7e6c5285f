import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runChild } from '../src/processes/run-child.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noisescope-child-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A module of this text. */
async function moduleOf(text: string): Promise<URL> {
  const path = join(folder, 'child.mjs')
  await writeFile(path, text)
  return pathToFileURL(path)
}

it('gives a process its request and returns what it sends', async () => {
  const module = await moduleOf('process.send({ doubled: 2 * JSON.parse(process.argv[2]) }, () => process.exit())')
  expect(await runChild(module, 21)).toEqual({ doubled: 42 })
})

it('fails with the message of a process that fails, not with its stack', async () => {
  const module = await moduleOf('throw new Error("no adapter", { cause: new Error("no driver") })')
  await expect(runChild(module, {})).rejects.toThrow(/^no adapter$/)
})

it('fails when a process ends without an answer', async () => {
  await expect(runChild(await moduleOf('process.exit(3)'), {})).rejects.toThrow(
    'it ended with code 3 and wrote nothing',
  )
})
