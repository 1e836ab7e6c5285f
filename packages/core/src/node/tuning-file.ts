import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TABLE_VERSION, type TuningTable } from '../tune/table.ts'
import { cacheFolder } from './cache-folder.ts'
import { whileLocked } from './file-lock.ts'
import { writeWhole } from './write-whole.ts'

/** The file of the autotuner's table. */
export const tuningFile = (): string => join(cacheFolder(), `tuning-${TABLE_VERSION}.json`)

/**
 * The autotuner's table in this machine's cache folder; a file that cannot be read counts as empty. What other processes have
 * found since is kept when this one saves. Where the file cannot be written, `problem` says so, and nothing is thrown.
 */
export async function fileTable(): Promise<TuningTable> {
  const entries = new Map(Object.entries(await readEntries()))
  const unsaved = new Map<string, string>()
  let problem: string | undefined
  const write = async (): Promise<void> => {
    const own = new Map(unsaved)
    const all = { ...(await readEntries()), ...Object.fromEntries(own) }
    await writeWhole(tuningFile(), `${JSON.stringify(Object.fromEntries(Object.entries(all).sort()), null, 2)}\n`)
    for (const [key, algorithm] of own) if (unsaved.get(key) === algorithm) unsaved.delete(key)
  }
  return {
    get: (key) => entries.get(key),
    set: (key, algorithm) => {
      entries.set(key, algorithm)
      unsaved.set(key, algorithm)
    },
    save: async () => {
      problem = await whileLocked(`${tuningFile()}.lock`, write).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => `${tuningFile()} cannot be written (${error.code ?? error.message})`,
      )
    },
    get problem() {
      return problem
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
