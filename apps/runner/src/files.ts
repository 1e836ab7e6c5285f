import { access, constants, stat } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import { makeFolder, writeWhole } from '@noisescope/core/node'

/** Makes a folder for results. @throws InputError when it cannot be written. */
export async function writableFolder(path: string): Promise<string> {
  try {
    await makeFolder(path)
    await access(path, constants.W_OK)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new InputError(`the output folder ${path} cannot be written${reason}; give another one`, { cause })
  }
  return path
}

/** Whether there is a folder of this name. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )

/** Writes a result, whole or not at all. @throws InputError when it cannot be written there. */
export async function writeResult(path: string, content: string | Uint8Array): Promise<void> {
  await writeWhole(path, content).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`${path} cannot be written (${cause.code}); give another place`, { cause })
  })
}

/** A value as the text of a JSON file. */
export { printableJson as jsonText } from './printable-json.ts'
