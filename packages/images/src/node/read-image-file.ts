import { InputError } from '@noisescope/core'
import { readWhole } from '@noisescope/core/node'

/** The path that stands for standard input, as other commands have it. */
export const STANDARD_INPUT = '-'

/** No image within the limit of pixels is longer, even uncompressed with 16 bits and four channels. */
const MAXIMUM_FILE_BYTES = 800 * 2 ** 20

/**
 * The bytes of an image file, or of standard input where the path is `-`.
 * @throws InputError if it cannot be read or is longer than any image
 */
export async function readImageFile(path: string): Promise<Uint8Array> {
  return path === STANDARD_INPUT ? readStandardInput() : readWhole(path, { most: MAXIMUM_FILE_BYTES })
}

async function readStandardInput(): Promise<Uint8Array> {
  if (process.stdin.isTTY) throw new InputError('- is standard input, and nothing is piped into it; give a file')
  const parts: Buffer[] = []
  let length = 0
  for await (const part of process.stdin) {
    length += part.length
    if (length > MAXIMUM_FILE_BYTES) {
      throw new InputError(`standard input has more than ${MAXIMUM_FILE_BYTES / 2 ** 20} MiB, the most that is read`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
