import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { run, temporaryFolder } from './command.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('../../studio/examples/garment.safetensors', import.meta.url))

const temporary = await temporaryFolder()
const folder = temporary.path
const at = (...parts: string[]): string => join(folder, ...parts)

beforeAll(() => copyFile(EXAMPLE, at('a garment.safetensors')))
afterAll(() => temporary[Symbol.asyncDispose]())

/** Starts `noisescope view` and waits for its address. */
async function view(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, 'view', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...variables },
  })
  const lines = createInterface(child.stdout)
  const [line] = (await once(lines, 'line')) as [string]
  const url = new URL(/http:\S+/.exec(line)?.[0] ?? '')
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'close')
      child.kill('SIGINT')
      expect(await ended).toEqual([0, null])
    },
  }
}

test.runIf(process.platform === 'linux')(
  'the studio and the trace come over HTTP, the browser is opened on them, and Ctrl-C ends it',
  async () => {
    await mkdir(at('bin'))
    await writeFile(at('bin', 'xdg-open'), `#!/bin/sh\necho "$1" > "${at('opened')}"\n`)
    await chmod(at('bin', 'xdg-open'), 0o755)
    const path = [at('bin'), process.env.PATH].join(delimiter)
    await using viewed = await view(['a garment.safetensors'], { DISPLAY: ':0', PATH: path })
    const { url } = viewed
    expect(url.hostname).toBe('127.0.0.1')
    expect(url.searchParams.get('offline')).toBe('no')

    const page = await fetch(url)
    expect(page.headers.get('content-type')).toMatch('text/html')
    const html = await page.text()
    const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(html) ?? []
    expect((await fetch(new URL(script, url))).headers.get('content-type')).toMatch('text/javascript')

    const trace = await fetch(new URL(url.searchParams.get('trace') ?? '', url))
    expect(Buffer.from(await trace.arrayBuffer()).equals(await readFile(EXAMPLE))).toBe(true)
    await vi.waitFor(async () => expect((await readFile(at('opened'), 'utf8')).trim()).toBe(url.href), 600_000)
  },
)

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
}

/** Asks for a path as it stands: `fetch` would take dots away, and sets the host itself. */
const asked = ({ hostname, port }: URL, path: string, options: object = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request({ hostname, port, path, ...options }, (response) => {
      response.resume()
      resolve({ status: response.statusCode, headers: response.headers })
    })
      .on('error', reject)
      .end()
  })

test('nothing but its files is served, below a random path, and only to pages of its own address', async () => {
  await using viewed = await view(['a garment.safetensors', '--no-open'])
  const { url } = viewed
  expect(url.pathname).toMatch(/^\/[\w-]{24}\/$/)
  const own = url.pathname
  const statusOf = async (path: string, headers: object = {}, method = 'GET') =>
    (await asked(url, path, { headers, method })).status
  expect(await statusOf(own)).toBe(200)
  expect(await statusOf(`${own}index.html`)).toBe(200)
  // Without the secret, with another, or with a part of it there is nothing.
  const other = own.replace(/\w(?=\/$)/, (last) => (last === 'a' ? 'b' : 'a'))
  for (const path of [
    '/',
    '/index.html',
    own.slice(0, -1),
    other,
    `${own.slice(0, 5)}/`,
    '/trace/a%20garment.safetensors',
  ]) {
    expect(await statusOf(path), path).toBe(404)
  }
  for (const path of ['../package.json', '..%2fpackage.json', '%2e%2e/package.json', 'nowhere']) {
    expect(await statusOf(own + path), path).toBe(404)
  }
  for (const path of [
    '//',
    '///elsewhere.example/',
    'http://elsewhere.example/',
    '*',
    `${own}%`,
    `${own}%ff`,
    `${own}%00`,
  ]) {
    expect(await statusOf(path), path).toBe(400)
  }
  expect(await statusOf(own, { host: 'elsewhere.example' })).toBe(403)
  expect(await statusOf(own, { origin: 'https://elsewhere.example' })).toBe(403)
  expect(await statusOf(own, { origin: 'null' })).toBe(403)
  for (const site of ['cross-site', 'same-site']) expect(await statusOf(own, { 'sec-fetch-site': site })).toBe(403)
  for (const site of ['same-origin', 'none']) expect(await statusOf(own, { 'sec-fetch-site': site })).toBe(200)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await statusOf(own, {}, method)).toBe(405)
})

test('every answer says that nobody may frame it, embed it, or run what is not of the page', async () => {
  await using viewed = await view(['a garment.safetensors', '--no-open'])
  const { url } = viewed
  for (const path of [url.pathname, '/', '//', '/nowhere']) {
    const { headers } = await asked(url, path)
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*(unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|\*|https?:)/)
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
  }
})

test('what is no request is answered with 400', async () => {
  await using viewed = await view(['a garment.safetensors', '--no-open'])
  const { hostname, port } = viewed.url
  for (const text of [
    'nonsense\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n',
    '\0\0\r\n\r\n',
  ]) {
    const socket = connect(Number(port), hostname)
    socket.end(text)
    const [answer] = (await once(socket.setEncoding('latin1'), 'data')) as [string]
    expect(answer, JSON.stringify(text)).toMatch(/^HTTP\/1\.1 400 /)
    socket.destroy()
  }
})

test('what is no trace is refused before anything is served', async () => {
  await writeFile(at('text.safetensors'), 'no trace')
  for (const [name, words] of [
    ['text.safetensors', 'text.safetensors'],
    ['missing.safetensors', 'missing.safetensors is not there'],
    [fileURLToPath(new URL('../weights/dncnn-compact.safetensors', import.meta.url)), 'trace'],
  ] as const) {
    const { code, stdout, stderr } = await run(folder, 'view', name)
    expect(stderr).toContain(words)
    expect(code).toBe(2)
    expect(stdout).toBe('')
  }
})

test('a port that is taken is refused in words', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, stderr } = await run(folder, 'view', 'a garment.safetensors', '--port', String(port), '--no-open')
  other.close()
  expect(stderr).toContain(`port ${port} is taken; give another with --port`)
  expect(code).toBe(2)
})
