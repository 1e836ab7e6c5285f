import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasEnded, ownProcess } from './processes.ts'

/** Of a process, and a random number that nobody can have put a link in the way of. */
const FORM = /^\.noisescope-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{16}\.tmp$/

/** What a process of another machine has not written to for so long (milliseconds) has no owner any more. */
const FORGOTTEN = 24 * 60 * 60 * 1000

/** A new name in a folder for what is not whole yet; it says whose it is. */
export function temporaryName(folder: string): string {
  const { space, pid, began } = ownProcess()
  return join(folder, `.noisescope-${space}-${pid}-${began}-${randomBytes(8).toString('hex')}.tmp`)
}

const swept = new Set<string>()

/** Removes what processes that have ended left unfinished in a folder; once for each folder and process. */
export async function sweepLeftovers(folder: string): Promise<void> {
  const path = resolve(folder)
  if (swept.has(path)) return
  swept.add(path)
  const names = await readdir(path).catch(() => [])
  await Promise.all(names.map((name) => removeIfLeft(join(path, name), FORM.exec(name))))
}

async function removeIfLeft(path: string, parts: RegExpExecArray | null): Promise<void> {
  if (parts === null) return
  const [, space = '', pid, began] = parts
  const ended = hasEnded({ space, pid: Number(pid), began: Number(began) }) ?? (await isForgotten(path))
  // What cannot be removed is in nobody's way.
  if (ended) await rm(path, { recursive: true, force: true }).catch(() => undefined)
}

const isForgotten = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > FORGOTTEN,
    () => false,
  )
