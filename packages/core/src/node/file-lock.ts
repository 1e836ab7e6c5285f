import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { link, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { makeFolder } from './make-folder.ts'
import { hasEnded, ownProcess, type ProcessMark } from './processes.ts'
import { sweepLeftovers, temporaryName } from './temporary-names.ts'

/** A file that says which process works on what lies beside it. */
export interface FileLock extends Disposable {
  /** False once another process has taken it, since this one seemed to have ended, or the file was removed. */
  isHeld(): boolean
}

/** Who holds a lock, and since when (ISO 8601). */
export type LockHolder = ProcessMark & { readonly since: string }

/** How often a holder shows that it lives, and after how long a silent one of another machine has ended (milliseconds). */
const HEARTBEAT = 15_000
const SILENCE = 5 * 60_000

/** Times that a lock may change its holder while it is asked for. */
const ATTEMPTS = 20

/** Systems and file systems without hard links answer with these. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']

/**
 * Takes the lock `path`, also from a process that has ended without giving it back.
 * @returns the lock, or who holds it; undefined instead of a holder where the file does not say.
 */
export async function takeLock(path: string): Promise<{ lock: FileLock } | { heldBy: LockHolder | undefined }> {
  const folder = dirname(path)
  await makeFolder(folder)
  await sweepLeftovers(folder)
  const text = JSON.stringify({ ...ownProcess(), since: new Date().toISOString(), id: randomUUID() })
  const candidate = temporaryName(folder)
  await writeFile(candidate, text, { flag: 'wx' })
  try {
    let heldBy: LockHolder | undefined
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await put(candidate, text, path)) return { lock: held(path, text) }
      const found = await readFile(path, 'utf8').catch(() => undefined)
      if (found === undefined) continue
      heldBy = holderOf(found)
      if (!(await isAbandoned(path, heldBy, candidate))) break
      await remove(path, found)
    }
    return { heldBy }
  } finally {
    await rm(candidate, { force: true })
  }
}

/** Milliseconds between two attempts, and of all of them: what such a lock is for takes a few. */
const PAUSE = 20
const PATIENCE = 10_000

/** Does something while no other process does it that asks in this way; after ten seconds of waiting, anyway. */
export async function whileLocked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  for (const until = performance.now() + PATIENCE; performance.now() < until; await wait(PAUSE)) {
    const taken = await takeLock(path)
    if (!('lock' in taken)) continue
    using _ = taken.lock
    return await work()
  }
  return work()
}

/** What gives back each lock that this process holds. */
const releases = new Set<() => void>()

/** Gives back every lock of this process, as its exit does: for a process that leaves without one. */
export function releaseLocks(): void {
  for (const release of [...releases]) release()
}

/** Makes the lock if there is none: a link to a whole file, so that nobody reads half of it. */
async function put(candidate: string, text: string, path: string): Promise<boolean> {
  try {
    await link(candidate, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!NO_LINKS.includes(code)) throw error
  }
  return writeFile(path, text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
}

function held(path: string, text: string): FileLock {
  const isHeld = (): boolean => {
    try {
      return readFileSync(path, 'utf8') === text
    } catch {
      return false
    }
  }
  // Written and not only touched: the time is then the file system's, which other machines see.
  const beat = setInterval(() => void rewrite(path, text), HEARTBEAT).unref()
  const release = (): void => {
    clearInterval(beat)
    releases.delete(release)
    try {
      if (isHeld()) rmSync(path, { force: true })
    } catch {
      // It is taken over from this process once that has ended.
    }
  }
  if (releases.size === 0) process.off('exit', releaseLocks).once('exit', releaseLocks)
  releases.add(release)
  return { isHeld, [Symbol.dispose]: release }
}

async function rewrite(path: string, text: string): Promise<void> {
  const file = await open(path, 'r+').catch(() => undefined)
  if (file === undefined) return
  try {
    if ((await file.readFile('utf8')) === text) await file.write(text, 0)
  } finally {
    await file.close()
  }
}

async function isAbandoned(path: string, holder: LockHolder | undefined, candidate: string): Promise<boolean> {
  const ended = holder && hasEnded(holder)
  if (ended !== undefined) return ended
  // By the file system's clock on both sides.
  const [lock, now] = await Promise.all([path, candidate].map((each) => stat(each).catch(() => undefined)))
  return lock !== undefined && now !== undefined && now.mtimeMs - lock.mtimeMs > SILENCE
}

/** Removes a lock that was found abandoned, unless another process has been quicker and it is no longer that one. */
async function remove(path: string, text: string): Promise<void> {
  const moved = temporaryName(dirname(path))
  const isMoved = await rename(path, moved).then(
    () => true,
    () => false,
  )
  if (!isMoved) return
  if ((await readFile(moved, 'utf8')) !== text) await link(moved, path).catch(() => undefined)
  await rm(moved, { force: true })
}

function holderOf(text: string): LockHolder | undefined {
  try {
    const { host, space, pid, began, since } = JSON.parse(text) as Record<string, unknown>
    return typeof host === 'string' &&
      typeof space === 'string' &&
      typeof pid === 'number' &&
      typeof began === 'number' &&
      typeof since === 'string'
      ? { host, space, pid, began, since }
      : undefined
  } catch {
    return undefined
  }
}
