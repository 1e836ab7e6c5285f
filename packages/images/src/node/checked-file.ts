import { readFile } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import { sha256 } from '../sha256.ts'

/**
 * Reads a file that must have the given SHA-256 (hexadecimal).
 *
 * @throws InputError if it is missing or is not that file
 */
export async function readCheckedFile(path: string, checksum: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InputError(`${path} is missing; install noisescope again`, { cause })
  })
  const found = await sha256(bytes)
  if (found !== checksum) {
    throw new InputError(`${path} is damaged: its SHA-256 is ${found}, not ${checksum}; install it again`)
  }
  return bytes
}
