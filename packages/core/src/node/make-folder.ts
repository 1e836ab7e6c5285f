import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those that lead to it. Others may make the same folders at the same time. (Node's own `recursive` never ends
 * where the file system has no room for new folders, as in /proc.)
 * @throws the file system's error where that cannot be done.
 */
export async function makeFolder(path: string): Promise<void> {
  const first = await tryMakeFolder(path)
  if (first === undefined) return
  const parent = dirname(path)
  if (first.code !== 'ENOENT' || parent === path) throw first
  // A parent that is there now may have been made since the first try, so that the second one decides.
  if (!(await isFolder(parent))) await makeFolder(parent)
  const second = await tryMakeFolder(path)
  if (second !== undefined) throw second
}

/** The error where there is no folder of this name afterwards. */
async function tryMakeFolder(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path)
    return undefined
  } catch (error) {
    return (await isFolder(path)) ? undefined : (error as NodeJS.ErrnoException)
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
