import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Data for evaluation that is not part of the repository. */
export const SHARED_DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))

/** Files that failed once, each for a reason; not part of the repository either. */
const SHARED_CASES = fileURLToPath(new URL('../../../../shared/cases/', import.meta.url))

/** A test that needs a folder of `../shared/cases`; absent, treated as {@link itWithSharedData} does. */
export function itWithSharedCases(
  name: string,
  folder: string,
  test: (read: (file: string) => Promise<Buffer>) => Promise<void>,
): void {
  itWhere(existsSync(SHARED_CASES), SHARED_CASES, name, () =>
    test((file) => readFile(join(SHARED_CASES, folder, file))),
  )
}

/** A test that needs `../shared/data`: without it, skipped on a developer's machine and failed when CI=true. */
export function itWithSharedData(name: string, test: () => Promise<void>): void {
  itWhere(existsSync(SHARED_DATA), SHARED_DATA, name, test)
}

function itWhere(isPresent: boolean, folder: string, name: string, test: () => Promise<void>): void {
  if (!isPresent && process.env.CI !== 'true') console.warn(`skipped, since ${folder} is not there: ${name}`)
  it.skipIf(!isPresent && process.env.CI !== 'true')(name, async () => {
    expect(isPresent, `${folder} is needed`).toBe(true)
    await test()
  })
}
