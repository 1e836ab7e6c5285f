import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Data for evaluation that is not part of the repository. */
export const SHARED_DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))

/** A test that needs `../shared/data`: without it, skipped on a developer's machine and failed when CI=true. */
export function itWithSharedData(name: string, test: () => Promise<void>): void {
  const present = existsSync(SHARED_DATA)
  if (!present && process.env.CI !== 'true') console.warn(`skipped, since ${SHARED_DATA} is not there: ${name}`)
  it.skipIf(!present && process.env.CI !== 'true')(name, async () => {
    expect(present, `${SHARED_DATA} is needed`).toBe(true)
    await test()
  })
}
