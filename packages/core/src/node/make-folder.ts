import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those that lead to it. (Node's own `recursive` never ends where the file system has no room for new
 * folders, as in /proc.)
 * @throws the file system's error where that cannot be done.
 */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  )
  if (made === undefined || (await isFolder(path))) return
  const parent = dirname(path)
  if (made.code !== 'ENOENT' || parent === path || (await isFolder(parent))) throw made
  await makeFolder(parent)
  await makeFolder(path)
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
