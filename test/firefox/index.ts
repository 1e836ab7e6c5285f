import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer-core'

export type { Browser, ElementHandle, Page } from 'puppeteer-core'

/** As Debian and others name the program. */
const NAMES = ['firefox-esr', 'firefox']

/** What makes Firefox give WebGPU on Linux, on software adapters too. */
const PREFERENCES = {
  'dom.webgpu.enabled': true,
  'gfx.webgpu.ignore-blocklist': true,
  // Off in releases; vitest's pages have several.
  'dom.multiple_import_maps.enabled': true,
}

/** The Firefox that is installed, if there is one. */
export function firefoxPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Starts the Firefox that is installed, whose WebGPU is wgpu, driven by WebDriver BiDi. @throws Error where there is none. */
export async function openFirefox(): Promise<Browser> {
  const executablePath = firefoxPath()
  if (executablePath === undefined)
    throw new Error('there is no Firefox on the PATH; on Debian: apt-get install firefox-esr')
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true, extraPrefsFirefox: PREFERENCES })
}
