import { InputError } from '@noisescope/core'

/** Whether bytes start with gzip's magic number (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * Unpacks gzip through the platform's own `DecompressionStream`, which verifies the checksum.
 *
 * @param maximumBytes stop when the content grows beyond this, so that a small file cannot fill the memory
 * @throws InputError if the content is damaged, truncated or too long
 */
export async function gunzip(bytes: Uint8Array, maximumBytes: number, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    const unpacked = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('gzip'))
    for await (const chunk of unpacked) {
      length += chunk.length
      if (length > maximumBytes) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new InputError(`${name} is damaged or truncated gzip; get it again`, { cause })
  }
  if (length > maximumBytes) {
    throw new InputError(`${name} unpacks to more than ${maximumBytes} bytes; that is no data set of ours`)
  }
  const content = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    content.set(chunk, offset)
    offset += chunk.length
  }
  return content
}
