import { defineBrowserProvider } from '@vitest/browser'
import type { Browser, Page } from 'puppeteer-core'
import type { BrowserProvider, BrowserProviderOption, TestProject } from 'vitest/node'
import { openFirefox } from './index.ts'

/** Runs vitest's pages in the Firefox that is installed: one browser, a page for each session. */
class FirefoxProvider implements BrowserProvider {
  readonly name = 'firefox'
  readonly supportsParallelism = false
  readonly #pages = new Map<string, Page>()
  #browser: Promise<Browser> | undefined

  constructor(project: TestProject) {
    project.browser?.registerCommand('__vitest_viewport', async ({ sessionId }, size) => {
      await this.#pages.get(sessionId)?.setViewport(size)
    })
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.#browser ??= openFirefox()
    const page = this.#pages.get(sessionId) ?? (await (await this.#browser).newPage())
    this.#pages.set(sessionId, page)
    await page.goto(url, { timeout: 0 })
  }

  getCommandsContext(): Record<string, unknown> {
    return {}
  }

  async close(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined)
    this.#browser = undefined
    this.#pages.clear()
    await browser?.close()
  }
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Asked before each file. */
    __vitest_viewport: (size: { width: number; height: number }) => Promise<void>
  }
}

/** A browser of vitest: Debian's Firefox, which Playwright cannot drive. */
export const firefox = (): BrowserProviderOption =>
  defineBrowserProvider({
    name: 'firefox',
    supportedBrowser: ['firefox'],
    options: {},
    providerFactory: (project) => new FirefoxProvider(project),
  })
