import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { run, temporaryFolder } from './command.ts'

/** The studio is built when it is first viewed, or has changed (milliseconds). */
vi.setConfig({ testTimeout: 300_000 })

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
    await vi.waitFor(async () => expect((await readFile(at('opened'), 'utf8')).trim()).toBe(url.href), 20_000)
  },
)

test('nothing but its files is served, and only to pages of its own address', async () => {
  await using viewed = await view(['a garment.safetensors', '--no-open'])
  const { url } = viewed
  // `fetch` would take the dots away, and sets the host itself.
  const statusOf = (path: string, options: object = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ hostname: url.hostname, port: url.port, path, ...options }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
  expect(await statusOf('/')).toBe(200)
  expect(await statusOf('/../package.json')).toBe(404)
  expect(await statusOf('/..%2fpackage.json')).toBe(404)
  expect(await statusOf('/', { headers: { host: 'elsewhere.example' } })).toBe(403)
  expect(await statusOf('/', { method: 'POST' })).toBe(405)
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
