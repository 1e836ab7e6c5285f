import { Failure } from '../failure.ts'

/** How much of a file has come. */
export type OnBytes = (progress: { readonly done: number; readonly total: number }) => void

/**
 * Fetches a file.
 * @param onBytes called after each chunk; `total` is 0 where the server does not say.
 * @throws Failure when it cannot be fetched; what `signal` was aborted with.
 */
export async function fetchBytes(url: string, signal: AbortSignal, onBytes: OnBytes = () => {}): Promise<Uint8Array> {
  const response = await asked(url, signal)
  if (!response.ok) {
    throw new Failure(
      'fetch',
      `${url} could not be fetched: the server answers ${response.status} ${response.statusText}`,
    )
  }
  // What is sent compressed is longer than the header says.
  const coded = response.headers.get('content-encoding') !== null
  const total = coded ? 0 : Number(response.headers.get('content-length') ?? 0)
  const parts: Uint8Array<ArrayBuffer>[] = []
  let done = 0
  const reader = response.body?.getReader()
  while (reader !== undefined) {
    const piece = await reader.read()
    if (piece.done) break
    parts.push(piece.value)
    done += piece.value.length
    onBytes({ done, total: Math.max(total, done) })
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

async function asked(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal })
  } catch (error) {
    if (signal.aborted) throw error
    throw new Failure(
      'fetch',
      `${url} could not be fetched: check the address, the connection, and that the server allows this page to read it`,
      {
        cause: error,
      },
    )
  }
}

/** The name of the file that an address is of. */
export const fileName = (url: string): string => decodeURIComponent(url.split(/[?#]/)[0]?.split('/').at(-1) || url)
