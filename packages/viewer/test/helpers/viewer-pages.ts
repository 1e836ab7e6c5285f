import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { browserLaunch } from '@noisescope/test-browser'
import { chromium, type Page } from 'playwright-core'
import { bundle } from '../../scripts/bundle.ts'
import { PATIENCE } from './eventually.ts'

/** A page with viewers, and everything that it complained about. */
export interface ViewerPage {
  readonly page: Page
  readonly complaints: readonly string[]
}

/** How a page is opened. */
export interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly direction?: 'ltr' | 'rtl'
  readonly colours?: 'light' | 'dark'
  /** Whether there is a touch screen. */
  readonly touch?: boolean
  /** Behind the viewer's script. */
  readonly script?: string
}

/** Serves the bundled viewer and files, and opens pages with them in Chromium. */
export interface ViewerPages {
  /** Files by their paths, which a test may add to. */
  readonly files: Map<string, Uint8Array>
  open(body: string, options?: PageOptions): Promise<ViewerPage>
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.html': 'text/html',
  '.wasm': 'application/wasm',
}

/**
 * @param live bundles the engine too
 * @param flags of Chromium, besides the usual ones
 */
export async function openViewerPages({
  live = false,
  flags = [],
}: {
  readonly live?: boolean
  readonly flags?: readonly string[]
} = {}): Promise<ViewerPages> {
  const folder = await mkdtemp(join(tmpdir(), 'viewer-'))
  await bundle({ outDir: folder, live })
  const files = new Map<string, Uint8Array>()
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const bytes = files.get(path) ?? (await readFile(join(folder, path)).catch(() => undefined))
    response.writeHead(bytes === undefined ? 404 : 200, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    })
    response.end(bytes)
  })
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening))
  const address = `http://localhost:${(server.address() as AddressInfo).port}`
  const launch = await browserLaunch()
  const browser = await chromium.launch({ ...launch, args: [...(launch.args ?? []), ...flags] })
  return {
    files,
    async open(
      body,
      { width = 1280, height = 900, direction = 'ltr', colours = 'light', touch = false, script = '' } = {},
    ) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: colours, hasTouch: touch })
      page.setDefaultTimeout(PATIENCE)
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      const document = `<!doctype html><html lang="en" dir="${direction}"><head><title>Test</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width"><style>body { margin: 0 }</style><script type="module" src="/index.js"></script></head><body>${body}<script type="module">${script}</script></body></html>`
      files.set('/page.html', new TextEncoder().encode(document))
      await page.goto(`${address}/page.html`)
      return { page, complaints }
    },
    async close() {
      await browser.close()
      await new Promise((closed) => server.close(closed))
      await rm(folder, { recursive: true })
    },
  }
}
