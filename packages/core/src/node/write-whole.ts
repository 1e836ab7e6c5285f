import { constants, copyFile, link, lstat, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { sweepLeftovers, temporaryName } from './temporary-names.ts'

/** Read and write bits, without the kind of the file. */
const PERMISSIONS = 0o7777

/**
 * Writes a file under a temporary name and renames it, so that a reader finds the old content or the new, never half, also after
 * a loss of power. A link of this name is replaced, not followed; a device or a pipe is written to as it is.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  await makeFolder(folder)
  if (await isStream(path)) return writeFile(path, content)
  await sweepLeftovers(folder)
  const temporary = temporaryName(folder)
  try {
    // Exclusively: what is there already, a link for example, is not ours to write to.
    await using file = await open(temporary, 'wx')
    const mode = await modeOf(path)
    if (mode !== undefined) await file.chmod(mode)
    await file.writeFile(content)
    await file.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await renameWhole(temporary, path)
}

/** Gives a file, which stays, a second name in place of what has that name: a second link, or a copy where there are no links. */
export async function copyWhole(from: string, to: string): Promise<void> {
  const temporary = temporaryName(dirname(to))
  await link(from, temporary).catch(() =>
    copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
  )
  await renameWhole(temporary, to)
}

/** Puts a finished file in its place, and waits until the folder's entry is on the disk. */
async function renameWhole(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Some systems do not open folders, some file systems do not sync them: there a loss of power may bring the old file back. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

const isStream = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => !entry.isFile() && !entry.isDirectory(),
    () => false,
  )

/** The permissions of the file that is to be replaced, if there is one. */
const modeOf = (path: string): Promise<number | undefined> =>
  lstat(path).then(
    (entry) => (entry.isFile() ? entry.mode & PERMISSIONS : undefined),
    () => undefined,
  )
