import { access, constants, mkdir } from 'node:fs/promises'
import { InputError } from '@noisescope/core'

/** Makes a folder for results. @throws InputError when it cannot be written. */
export async function writableFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.W_OK)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new InputError(`the output folder ${path} cannot be written${reason}; give another one`, { cause })
  }
  return path
}

/** A value as the text of a JSON file. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
