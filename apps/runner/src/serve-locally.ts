import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { InputError } from '@noisescope/core'

/** What is served: by its address, which starts with a slash, a file's path or its content. */
export type ServedFiles = ReadonlyMap<string, string | Uint8Array>

export interface LocalServer extends AsyncDisposable {
  /** With the secret path, and a slash at its end. */
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
 * Says what a page may do: run its own scripts and WebAssembly, read from this server, show pictures that it makes, and be in no
 * frame. What it shows comes from files, so nothing of them must run or ask elsewhere. Styles in attributes place what is drawn.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Of every answer, whether it has a file or refuses. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // The page's address is a secret.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Bytes of the secret in the path. */
const SECRET_BYTES = 18

/**
 * Serves files to this machine, below a random path: other programs and users of the machine, and pages of other hosts, do not
 * know it.
 * @param port 0 for a free one.
 * @throws InputError when the port is taken or not allowed.
 */
export async function serveLocally(files: ServedFiles, port: number): Promise<LocalServer> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const server = createServer((request, response) => {
    answer(files, secret, request, response).catch(() => response.destroy())
  })
  server.listen(port, HOST)
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const finding = cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${cause.code})`
    throw new InputError(`port ${port} ${finding}; give another with --port, or none for a free one`, { cause })
  })
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/${secret}/`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(
  files: ServedFiles,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = '' } = request
  if (isForeign(request)) {
    return refuse(response, 403, 'Pages of other hosts have no business here. Paste the address into the address bar.')
  }
  if (method !== 'GET' && method !== 'HEAD')
    return refuse(response, 405, 'Only GET and HEAD are known.', { allow: 'GET, HEAD' })
  const path = pathOf(url)
  if (path === undefined) return refuse(response, 400, 'This is no address of a file.')
  const file = files.get(fileAddress(path, secret) ?? '')
  if (file === undefined)
    return refuse(response, 404, 'Nothing is here. The address that noisescope view printed has a random part.')
  const content = typeof file === 'string' ? await readFile(file) : file
  response.writeHead(200, {
    ...HEADERS,
    'content-type': TYPES[extname(path.endsWith('/') ? '/index.html' : path)] ?? 'application/octet-stream',
    'content-length': content.length,
  })
  response.end(method === 'HEAD' ? undefined : content)
}

/**
 * Whether a page of another host asks. One whose name was pointed to this machine asks under that name; one that asks across
 * hosts is told of by the browser (Fetch Metadata, Origin).
 */
function isForeign({ headers, socket }: IncomingMessage): boolean {
  const own = [HOST, 'localhost'].map((host) => `${host}:${socket.localPort}`)
  if (!own.includes(headers.host ?? '')) return true
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return true
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** The path of a request, undefined where it is none: a whole address, as a proxy is asked, or what cannot be decoded. */
function pathOf(url: string): string | undefined {
  const [path = ''] = url.split(/[?#]/, 1)
  if (!path.startsWith('/') || path.startsWith('//')) return undefined
  try {
    const plain = decodeURIComponent(path)
    return plain.includes('\0') || plain.includes('\\') ? undefined : path
  } catch {
    return undefined
  }
}

/** The address of a file below the secret path; undefined for what is not below it. */
function fileAddress(path: string, secret: string): string | undefined {
  const given = Buffer.from(path.slice(1, 1 + secret.length))
  const expected = Buffer.from(secret)
  // In the same time whatever is given.
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const address = path.slice(1 + secret.length)
  return address === '/' ? '/index.html' : address
}

function refuse(
  response: ServerResponse,
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = `${reason}\n`
  response
    .writeHead(status, {
      ...HEADERS,
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': text.length,
    })
    .end(response.req.method === 'HEAD' ? undefined : text)
}
