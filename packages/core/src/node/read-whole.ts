import { open } from 'node:fs/promises'

/** The most that a file may hold unless said otherwise (bytes): more than any model, trace or data set that fits this. */
const MOST = 2 ** 30

/** Bytes of one read of what does not say how long it is. */
const CHUNK = 2 ** 18

/**
 * Reads a file, or a pipe to its end, and not more than `most` bytes of what never ends, as a device may.
 * @throws the file system's error; `EFBIG` for more than `most` bytes.
 */
export async function readWhole(path: string, most = MOST): Promise<Buffer<ArrayBuffer>> {
  await using file = await open(path)
  const { size } = await file.stat()
  if (size > most) throw tooLarge(path, most)
  const chunks: Buffer<ArrayBuffer>[] = []
  for (let total = 0; ; ) {
    // A file that is as long as it says is read at once, and then found to be at its end.
    const chunk = Buffer.allocUnsafeSlow(size > total ? size - total : CHUNK)
    const { bytesRead } = await file.read(chunk)
    if (bytesRead === 0) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    total += bytesRead
    if (total > most) throw tooLarge(path, most)
    chunks.push(chunk.subarray(0, bytesRead))
  }
}

const tooLarge = (path: string, most: number): NodeJS.ErrnoException =>
  Object.assign(new Error(`${path} has more than ${Math.round(most / 2 ** 20)} MiB, the most that is read`), {
    code: 'EFBIG',
    path,
  })
