import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { InputError } from '@noisescope/core'

/** What is served: by its address, which starts with a slash, a file's path or its content. */
export type ServedFiles = ReadonlyMap<string, string | Uint8Array>

export interface LocalServer extends AsyncDisposable {
  /** With a slash at its end. */
  readonly url: string
}

const HOST = '127.0.0.1'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
}

/**
 * Serves files to programs of this machine.
 * @param port 0 for a free one.
 * @throws InputError when the port is taken or not allowed.
 */
export async function serveLocally(files: ServedFiles, port: number): Promise<LocalServer> {
  const server = createServer((request, response) => {
    answer(files, request, response).catch(() => response.destroy())
  })
  server.listen(port, HOST)
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const finding = cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${cause.code})`
    throw new InputError(`port ${port} ${finding}; give another with --port, or none for a free one`, { cause })
  })
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(files: ServedFiles, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers, url = '/', socket } = request
  // A page elsewhere whose name was pointed to this machine asks under that name; it has no business here.
  const own = [HOST, 'localhost'].map((host) => `${host}:${socket.localPort}`)
  if (!own.includes(headers.host ?? '')) return refuse(response, 403)
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405)
  const { pathname } = new URL(url, `http://${HOST}`)
  const address = pathname === '/' ? '/index.html' : pathname
  const file = files.get(address)
  if (file === undefined) return refuse(response, 404)
  const content = typeof file === 'string' ? await readFile(file) : file
  response.writeHead(200, {
    'content-type': TYPES[extname(address)] ?? 'application/octet-stream',
    'content-length': content.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(method === 'HEAD' ? undefined : content)
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end()
}
