import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { PROGRAM } from '../../src/live-engine/version.ts'

const packages = fileURLToPath(new URL('../../../', import.meta.url))

/** Where an import of ours leads; undefined for one from elsewhere. */
async function pathOf(name: string, from: string): Promise<string | undefined> {
  if (name.startsWith('.')) return resolve(dirname(from), name)
  const [, room, door = ''] = /^@noisescope\/([^/]+)(?:\/(.+))?$/.exec(name) ?? []
  if (room === undefined) return undefined
  const { exports } = JSON.parse(await readFile(resolve(packages, room, 'package.json'), 'utf8'))
  return resolve(packages, room, exports[door === '' ? '.' : `./${door}`])
}

/** Everything from elsewhere that a file reaches, through all packages; types do not count. */
async function reached(path: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(path)) return []
  seen.add(path)
  const source = await readFile(path, 'utf8')
  const names = Array.from(
    source.matchAll(/^(?:import|export)(?! type\b)[^'"]*from '([^']+)'|\bimport\('([^']+)'\)/gm),
    ([, fixed, dynamic]) => (fixed ?? dynamic) as string,
  )
  const found = await Promise.all(
    names.map(async (name) => {
      const next = await pathOf(name, path)
      return next === undefined ? [name] : reached(next, seen)
    }),
  )
  return found.flat()
}

test('the live viewer reaches nothing of Node through any package', async () => {
  const taken = new Set(await reached(fileURLToPath(new URL('../../src/live-engine/index.ts', import.meta.url))))
  expect([...taken].toSorted()).toEqual([
    '@noble/hashes/sha2.js',
    '@noble/hashes/utils.js',
    'fast-png',
    'fflate',
    'pako',
  ])
})

test('traces name the version that the package has', async () => {
  const { name, version } = JSON.parse(await readFile(resolve(packages, 'viewer/package.json'), 'utf8'))
  expect(PROGRAM).toBe(`${name} ${version}`)
})
