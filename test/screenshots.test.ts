import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { browserLaunch } from '@noisescope/test-browser'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { expectGolden } from './helpers/goldens.ts'
import { type FolderServer, serveFolder } from './helpers/serve-folder.ts'
import { stillScreenshot } from './helpers/still-screenshot.ts'
import { openStudio, type Studio } from './helpers/studio.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WRITE_BUNDLE = join(ROOT, 'packages', 'viewer', 'scripts', 'write-bundle.ts')

/** The goldens show the browser that an npm package carries, and the font that comes with it; another browser has others. */
const launch = await browserLaunch()
const carried = launch.executablePath !== undefined
if (!carried) console.warn('skipped: screenshots are compared on Linux on x64, whose browser and font npm carries')

const looks = [
  { look: 'desktop-light', width: 1280, height: 900, colours: 'light' },
  { look: 'desktop-dark', width: 1280, height: 900, colours: 'dark' },
  { look: 'phone-light', width: 390, height: 844, colours: 'light' },
  { look: 'phone-dark', width: 390, height: 844, colours: 'dark' },
] as const

/** Of the element more than a screen is compared: down to the grids of channels. */
const ELEMENT_HEIGHT = 1400

let folder = ''
let server: FolderServer
let browser: Browser
let studio: Studio
beforeAll(async () => {
  if (!carried) return
  folder = await mkdtemp(join(tmpdir(), 'screenshots-'))
  await cp(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true })
  const bundle = join(folder, 'packages', 'viewer', 'dist', 'bundle')
  await promisify(execFile)(process.execPath, [WRITE_BUNDLE, bundle])
  server = await serveFolder(folder, '/')
  browser = await chromium.launch(launch)
  studio = await openStudio({ webgpu: false })
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await studio?.[Symbol.asyncDispose]()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

for (const { look, width, colours } of looks) {
  test.skipIf(!carried)(`the element of examples/embed.html looks as it did: ${look}`, async () => {
    const viewport = { width, height: ELEMENT_HEIGHT }
    const page = await browser.newPage({ viewport, colorScheme: colours, reducedMotion: 'reduce' })
    await page.goto(`${server.url}examples/embed.html`)
    await page.locator('.explanation [data-fact=rowSum]').waitFor()
    await expectGolden(`element-${look}`, await stillScreenshot(page))
    await page.close()
  })
}

/** The studio's tabs, and when they are all there. */
const tabs: Record<string, (page: Page) => Promise<void>> = {
  look: (page) => page.locator('look-panel .explanation [data-fact=rowSum]').waitFor(),
  train: (page) => page.getByText('Nothing can be trained here').waitFor(),
  study: (page) => page.getByText('Shown: the example study').waitFor(),
}

for (const [tab, ready] of Object.entries(tabs)) {
  for (const { look, ...options } of looks) {
    test.skipIf(!carried)(`the studio looks as it did: tab ${tab}, ${look}`, async () => {
      await using opened = await studio.open(`?tab=${tab}`, options)
      await ready(opened.page)
      await expectGolden(`studio-${tab}-${look}`, await stillScreenshot(opened.page))
    })
  }
}
