import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TABLE_VERSION, type TuningTable } from '../tune/table.ts'
import { cacheFolder } from './cache-folder.ts'
import { writeWhole } from './write-whole.ts'

/** The file of the autotuner's table. */
export const tuningFile = (): string => join(cacheFolder(), `tuning-${TABLE_VERSION}.json`)

/** The autotuner's table in this machine's cache folder; a file that cannot be read counts as empty. */
export async function fileTable(): Promise<TuningTable> {
  const entries = new Map(Object.entries(await readEntries()))
  return {
    get: (key) => entries.get(key),
    set: (key, algorithm) => void entries.set(key, algorithm),
    save: async () => {
      await mkdir(cacheFolder(), { recursive: true })
      await writeWhole(tuningFile(), `${JSON.stringify(Object.fromEntries([...entries].sort()), null, 2)}\n`)
    },
  }
}

async function readEntries(): Promise<Record<string, string>> {
  try {
    const stored: unknown = JSON.parse(await readFile(tuningFile(), 'utf8'))
    return Object.fromEntries(
      Object.entries(stored ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
