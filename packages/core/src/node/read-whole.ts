import { open } from 'node:fs/promises'
import { InputError } from '../errors.ts'

/** The most that a file may hold unless said otherwise (bytes): more than any model, trace or data set that fits this. */
const MOST = 2 ** 30

/** Bytes of one read of what does not say how long it is. */
const CHUNK = 2 ** 18

/** What is wrong with a file, by the file system's code. */
const FINDINGS: Readonly<Record<string, string>> = { ENOENT: 'is not there', EISDIR: 'is a folder' }

export interface ReadWholeOptions {
  /** Bytes; default 1 GiB. */
  readonly most?: number
  /** The words for a file that cannot be read, from what is wrong with it, such as `is not there`. Default: after its path. */
  readonly refusal?: (finding: string) => string
}

/**
 * Reads a file that somebody named, or a pipe to its end, and no more than `most` bytes of what never ends, as a device may.
 * @throws InputError when it cannot be read or has more.
 */
export async function readWhole(
  path: string,
  { most = MOST, refusal = (finding) => `${path} ${finding}` }: ReadWholeOptions = {},
): Promise<Buffer<ArrayBuffer>> {
  const bytes = await upTo(path, most).catch((cause: NodeJS.ErrnoException) => {
    const { code = cause.message } = cause
    throw new InputError(refusal(FINDINGS[code] ?? `cannot be read (${code})`), { cause })
  })
  if (bytes !== undefined) return bytes
  throw new InputError(refusal(`has more than ${Math.round(most / 2 ** 20)} MiB, the most that is read`))
}

/** The bytes of a file, undefined if they are more than `most`. */
async function upTo(path: string, most: number): Promise<Buffer<ArrayBuffer> | undefined> {
  await using file = await open(path)
  const { size } = await file.stat()
  if (size > most) return undefined
  const chunks: Buffer<ArrayBuffer>[] = []
  for (let total = 0; total <= most; ) {
    // A file that is as long as it says is read at once, and then found to be at its end.
    const chunk = Buffer.allocUnsafeSlow(size > total ? size - total : CHUNK)
    const { bytesRead } = await file.read(chunk)
    if (bytesRead === 0) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    total += bytesRead
    chunks.push(chunk.subarray(0, bytesRead))
  }
  return undefined
}
