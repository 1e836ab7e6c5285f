import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { browserLaunch } from '@noisescope/test-browser'
import { chromium, type Page } from 'playwright-core'
import { serveFolder } from './serve-folder.ts'

/** For anything to appear, on a machine that does other things besides (milliseconds). */
const PATIENCE = 600_000

/** The studio's sources. */
export const STUDIO = fileURLToPath(new URL('../../apps/studio/', import.meta.url))

const WEBGPU = '--enable-unsafe-webgpu'

/** A page of the studio, in a context of its own, and what it complains of or asks elsewhere for. */
export interface StudioPage extends AsyncDisposable {
  readonly page: Page
  readonly complaints: readonly string[]
}

/** How a page is opened. */
export interface StudioPageOptions {
  readonly width?: number
  readonly height?: number
  readonly colours?: 'light' | 'dark'
}

/** The built studio on a host of static files, and a browser to open it in. */
export interface Studio extends AsyncDisposable {
  /** Where it is built. */
  readonly folder: string
  /** Address of the page. */
  readonly url: string
  /** Paths that were asked for and are not there. */
  readonly missed: readonly string[]
  /** @param query of the address, such as `?tab=study` */
  open(query?: string, options?: StudioPageOptions): Promise<StudioPage>
}

/** The built studio on a host of static files. */
export type ServedStudio = Pick<Studio, 'folder' | 'url' | 'missed'> & AsyncDisposable

/** Builds the studio as a user does, and serves it below a path. */
export async function serveStudio(): Promise<ServedStudio> {
  const dist = await mkdtemp(join(tmpdir(), 'studio-'))
  const vite = join(STUDIO, 'node_modules', 'vite', 'bin', 'vite.js')
  // Vitest's own environment would make it a page for development.
  const env = { ...process.env, NODE_ENV: 'production' }
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', dist, '--emptyOutDir'], { cwd: STUDIO, env })
  const server = await serveFolder(dist, '/some/where/')
  return {
    folder: dist,
    url: server.url,
    missed: server.missed,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(dist, { recursive: true, force: true })
    },
  }
}

/**
 * Serves the studio, and opens it in the Chromium of an npm package.
 * @param webgpu whether the browser has it; without it nothing is computed, so what there is to see is soon there
 */
export async function openStudio({ webgpu }: { readonly webgpu: boolean }): Promise<Studio> {
  const server = await serveStudio()
  const launch = await browserLaunch()
  const args = launch.args?.filter((argument) => webgpu || argument !== WEBGPU) ?? []
  const browser = await chromium.launch({ ...launch, args })
  return {
    folder: server.folder,
    url: server.url,
    missed: server.missed,
    async open(query = '', { width = 1280, height = 900, colours = 'light' } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: colours,
        reducedMotion: 'reduce',
      })
      context.setDefaultTimeout(PATIENCE)
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('request', (request) => {
        if (!request.url().startsWith(server.url) && !request.url().startsWith('blob:')) complaints.push(request.url())
      })
      await page.goto(server.url + query)
      return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
