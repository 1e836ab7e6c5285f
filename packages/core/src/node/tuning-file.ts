import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TuningTable } from '../tune/table.ts'
import { cacheFolder } from './cache-folder.ts'
import { writeWhole } from './write-whole.ts'

/** Changes when kernels change so much that old timings mislead. */
const VERSION = 1

const tablePath = (): string => join(cacheFolder(), `tuning-${VERSION}.json`)

/** The autotuner's table in this machine's cache folder; a file that cannot be read counts as empty. */
export async function fileTable(): Promise<TuningTable> {
  const entries = new Map(Object.entries(await readEntries()))
  return {
    get: (key) => entries.get(key),
    set: (key, algorithm) => void entries.set(key, algorithm),
    save: async () => {
      await mkdir(cacheFolder(), { recursive: true })
      await writeWhole(tablePath(), `${JSON.stringify(Object.fromEntries([...entries].sort()), null, 2)}\n`)
    },
  }
}

async function readEntries(): Promise<Record<string, string>> {
  try {
    const stored: unknown = JSON.parse(await readFile(tablePath(), 'utf8'))
    return Object.fromEntries(
      Object.entries(stored ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
