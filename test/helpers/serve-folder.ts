import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}

/** Serves the files of a folder, as a host of static files does. */
export interface FolderServer extends AsyncDisposable {
  /** Address of the folder, with a slash at its end. */
  readonly url: string
  /** Paths that were asked for and are not there. */
  readonly missed: readonly string[]
}

/** Serves a folder below a path, such as `/some/where/`; everything else is not there. */
export async function serveFolder(folder: string, below: string): Promise<FolderServer> {
  const missed: string[] = []
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const path = pathname.startsWith(below) ? pathname.slice(below.length) || 'index.html' : undefined
    const content = path === undefined ? undefined : await readFile(join(folder, path)).catch(() => undefined)
    if (content === undefined) {
      missed.push(pathname)
      response.writeHead(404).end()
      return
    }
    const type = TYPES[extname(path ?? '')] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, 'content-length': content.length }).end(content)
  })
  await listening(server)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${below}`,
    missed,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve())
  })
