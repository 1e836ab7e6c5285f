import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** All imports of the files that a file reaches through relative imports. */
async function importsFrom(path: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(path)) return []
  seen.add(path)
  const found = Array.from((await readFile(path, 'utf8')).matchAll(/from '([^']+)'/g), (match) => match[1] as string)
  const within = await Promise.all(
    found.filter((name) => name.startsWith('.')).map((name) => importsFrom(resolve(dirname(path), name), seen)),
  )
  return [...found, ...within.flat()]
}

it('the front door reaches nothing of Node, so that browsers can use it', async () => {
  const imports = await importsFrom(fileURLToPath(new URL('../src/index.ts', import.meta.url)))
  expect(imports).toContain('fast-png')
  expect(imports.filter((name) => name.startsWith('node:') || name.includes('/node/'))).toEqual([])
})
